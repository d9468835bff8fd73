import FunctionRuntime
import TestSupport
import Testing
import YAMLFiles

@Suite struct ContainerTests {
  @Test func `the Dockerfile copies what exists from stages that exist`() throws {
    let dockerfile = try Dockerfile()
    let ignored = try Repository.text(".dockerignore").split(separator: "\n").map { String($0) }
    #expect(ignored.contains("*"))
    var stages: Set<String> = []
    for (index, stage) in dockerfile.stages.enumerated() {
      for copy in stage.arguments(of: "COPY") {
        let words = copy.split(separator: " ").map { String($0) }
        if let from = words.first(where: { $0.hasPrefix("--from=") }) {
          #expect(stages.contains(String(from.dropFirst(7))), "\(from)")
        } else {
          for word in words.dropLast() {
            // A pattern is copied when there is something that it fits.
            let path = word.replacing(/\[(.)\]/) { String($0.1) }
            #expect(path != word || Repository.has(path), "\(path)")
            #expect(ignored.contains("!\(path)"), "\(path) does not reach the build")
          }
        }
      }
      #expect(!stage.name.isEmpty && stages.insert(stage.name).inserted, "stage \(index)")
    }
    for path in ignored where path.hasPrefix("!") && path != "!Package.resolved" {
      #expect(Repository.has(String(path.dropFirst())), "\(path)")
    }
  }

  @Test func `the image has every executable, and starts the one that serves`() throws {
    let dockerfile = try Dockerfile()
    let build = try #require(dockerfile.stages.first)
    let command = build.arguments(of: "RUN").joined()
    #expect(
      command.contains("functions=$(scripts/functions.sh)") && command.contains("for product in $functions breath;"))
    #expect(try Repository.products() == Set(FunctionName.allCases.map(\.rawValue) + ["breath"]))
    #expect(build.arguments(of: "RUN").joined().contains("--static-swift-stdlib"))
    let last = try #require(dockerfile.stages.last)
    #expect(last.arguments(of: "ENTRYPOINT") == [#"["/app/bin/breath"]"#])
    #expect(last.arguments(of: "CMD") == [#"["serve", "--host", "0.0.0.0"]"#])
    #expect(last.arguments(of: "HEALTHCHECK").contains { $0.contains("/app/bin/healthcheck") })
    #expect(last.arguments(of: "COPY").contains("scripts/healthcheck.sh /app/bin/healthcheck"))
  }

  @Test func `the image runs as nobody in particular, with little in it, and stops when told`() throws {
    let last = try #require(try Dockerfile().stages.last)
    #expect(last.image == "debian:bookworm-slim")
    let user = try #require(last.arguments(of: "USER").last)
    #expect(user.wholeMatch(of: /[1-9][0-9]+:[1-9][0-9]+/) != nil)
    #expect(last.arguments(of: "STOPSIGNAL") == ["SIGTERM"])
    let install = try #require(
      last.arguments(of: "RUN").joined().firstMatch(of: /install -y --no-install-recommends ([^&]+)/))
    #expect(Set(install.1.split(separator: " ")) == ["ca-certificates", "curl", "libpq5"])
  }

  @Test func `every service of compose is closed up, and what it needs is there`() throws {
    let compose = try Repository.yaml("compose.yaml")
    let services = compose["services"].map
    #expect(Set(services.keys) == ["database", "migrate", "roles", "server"])
    for (name, service) in services {
      #expect(service["read_only"].bool == true, "\(name)")
      #expect(service["tmpfs"].list.contains(.string("/tmp")), "\(name)")
      #expect(service["logging"]["options"]["max-size"].string != nil, "\(name): a log without end")
      #expect(service["security_opt"].list == [.string("no-new-privileges:true")], "\(name)")
      for needed in service["depends_on"].map.keys { #expect(services[needed] != nil, "\(name) needs \(needed)") }
      for network in service["networks"].list.compactMap(\.string) { #expect(compose["networks"].map[network] != nil) }
      for volume in service["volumes"].list.compactMap(\.string) {
        #expect(compose["volumes"].map[String(volume.prefix { $0 != ":" })] != nil)
      }
      if let build = service["build"].string { #expect(Repository.has("\(build)/Dockerfile")) }
    }
    #expect(services["database"]?["ports"] == .null)
    #expect(services["server"]?["ports"].list.first?.string?.hasSuffix(":8080") == true)
    #expect(try Dockerfile().stages.last?.arguments(of: "EXPOSE") == ["8080"])
  }

  @Test func `every variable of compose is described, and made or optional`() throws {
    let text = try Repository.text("compose.yaml")
    let script = try Repository.text("scripts/compose-env.sh")
    let keys = try Repository.breath("keys", "new").output
    #expect(text.placeholders.subtracting(try Repository.documentedVariables()) == [])
    let urls = Set(FunctionName.databaseRoles.map(FunctionName.databaseURLName))
    for name in text.placeholders where !text.contains("${\(name):-") {
      let isMade = script.contains("\(name)=") || keys.contains("\(name)=") || urls.contains(name)
      #expect(isMade, "\(name)")
    }
    #expect(script.contains("roles=$(\"$root/scripts/functions.sh\" roles)") && script.contains("for role in $roles;"))
  }

  /// But for what leads to a database elsewhere: compose has its own beside it, without TLS and without a pooler.
  @Test func `compose gives the server all variables of its functions, and breath roles all of its URLs`() throws {
    let services = try Repository.yaml("compose.yaml")["services"]
    let needed = Set(
      FunctionName.allCases.flatMap { function in
        function.variables.filter(\.isDeployed).map(function.operatorName)
      })
    #expect(
      needed.subtracting(services["server"]["environment"].map.keys) == ["DATABASE_CA_CERT", "DATABASE_POOLER"])
    let urls = FunctionName.databaseRoles.map(FunctionName.databaseURLName)
    #expect(Set(services["roles"]["environment"].map.keys) == Set(urls + ["MIGRATE_DATABASE_URL"]))
  }

  @Test func `App Platform is given paths, commands and variables that exist, and no secret`() throws {
    let app = try Repository.yaml(".do/app.yaml")
    let service = try #require(app["services"].list.first)
    #expect(app["services"].list.count == 1)
    #expect(service["health_check"]["http_path"].string == "/v1/admin/readyz")
    #expect(app["jobs"].list.map { $0["kind"].string } == ["PRE_DEPLOY"])
    let described = try Repository.documentedVariables().union(["PORT"])
    for component in app["services"].list + app["jobs"].list {
      #expect(Repository.has(component["dockerfile_path"].string ?? "nowhere"))
      let command = (component["run_command"].string ?? "").split(separator: " ").map { String($0) }
      #expect(command.first == "breath")
      #expect(try Repository.breath(command[1], "--help").output.contains("USAGE: breath \(command[1])"))
      for variable in component["envs"].list {
        let name = variable["key"].string ?? ""
        #expect(described.contains(name), "\(name)")
        #expect(variable["scope"].string == "RUN_TIME", "\(name)")
        #expect((variable["type"].string == "SECRET") == (variable["value"] == .null), "\(name)")
      }
    }
    let given = Set(service["envs"].list.compactMap { $0["key"].string })
    #expect(given.isSuperset(of: try Repository.text("project.yml").placeholders))
  }

  @Test(arguments: ["migrate", "roles", "serve", "capacity", "outbox", "maintain", "dump", "load"])
  func `the commands that the containers run are there`(command: String) throws {
    #expect(try Repository.breath(command, "--help").output.contains("USAGE: breath \(command)"))
  }
}

/// A Dockerfile as its stages.
struct Dockerfile {
  struct Stage {
    let image: String
    let name: String
    var instructions: [(name: String, arguments: String)] = []

    func arguments(of instruction: String) -> [String] {
      instructions.filter { $0.name == instruction }.map(\.arguments)
    }
  }

  private(set) var stages: [Stage] = []

  init() throws {
    let text = try Repository.text("Dockerfile").replacing(/(?m)^#.*\n/, with: "").replacing(/\\\n\s*/, with: "")
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1).map { String($0) }
      let (name, arguments) = (parts[0], parts.count > 1 ? parts[1] : "")
      if name == "FROM" {
        let words = arguments.split(separator: " ").map { String($0) }
        stages.append(Stage(image: words[0], name: words.count == 3 ? words[2] : ""))
      } else if !stages.isEmpty {
        stages[stages.count - 1].instructions.append((name, arguments))
      }
    }
  }
}
