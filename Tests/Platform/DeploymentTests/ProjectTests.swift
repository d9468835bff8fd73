import FunctionRuntime
import TestSupport
import Testing
import YAMLFiles

@Suite struct ProjectTests {
  @Test func `what is deployed obeys every rule of the deployer`() throws {
    #expect(ProjectRules.problems(in: try Repository.text("project.yml")) == [])
  }

  /// It finds out what happens after 30 s.
  @Test func `the probe breaks one rule, on purpose`() throws {
    let problems = ProjectRules.problems(in: try Repository.text("functions/echo/project.yml"))
    #expect(problems == ["echo limits: a web function's timeout is at most 30 s"])
  }

  /// Each changes one thing of our own file to what the deployer refuses, or what would do harm.
  @Test(arguments: [
    ("web: raw", "web: yes-please"), ("web: raw", "webSecure: true"), ("localBuild: true", "localBuild: false"),
    ("localBuild: true", "localBuild: true\n        remoteBuild: true"), ("go:1.20", "swift:5.7"),
    ("go:1.20", "go:1.22"),
    ("timeout: 25000", "timeout: 31000"), ("timeout: 25000", "timeout: \"25000\""), ("memory: 256", "memory: 2048"),
    ("memory: 256", "memory: 256, concurrency: 4"), ("17 3 * * *", "0 17 3 * * *"), ("17 3 * * *", "@daily"),
    ("cron:", "interval: 5\n              cron:"), ("web: false", "web: raw"), ("web-custom-options", "raw-http"),
    ("packages:", "slice: true\npackages:"), ("name: v1", "name: default"), ("binary: true", "\tbinary: true"),
    ("name: v1", "name: v1\n    shared: true"), ("BREATH_ISSUER: \"${BREATH_ISSUER}\"", "BREATH_ISSUER: 5"),
  ])
  func `a rule that is broken is found`(change: (String, String)) throws {
    let text = try Repository.text("project.yml")
    #expect(text.contains(change.0))
    #expect(ProjectRules.problems(in: text.replacing(change.0, with: change.1)) != [])
  }

  @Test func `a fourth trigger is one too many`() throws {
    let trigger = "          - name: nightly"
    let extra = (1...3).map {
      "          - { name: n\($0), sourceType: scheduler, sourceDetails: { cron: \"1 1 * * *\" } }\n"
    }
    let text = try Repository.text("project.yml").replacing(trigger, with: extra.joined() + trigger)
    #expect(ProjectRules.problems(in: text) == ["top: at most 3 triggers"])
  }

  /// Quoted, because a value may hold line feeds and braces, which are put in before the YAML is read.
  @Test func `every value of an environment is a quoted variable, so no secret stands in the file`() throws {
    let document = try Repository.yaml("project.yml")
    let packages = document["packages"].list
    let environments =
      [document["environment"]] + packages.map { $0["environment"] }
      + packages.flatMap { $0["functions"].list.map { $0["environment"] } }
    for value in environments.flatMap(\.map.values) {
      #expect(value.string?.wholeMatch(of: /\$\{[A-Z][A-Z0-9_]*\}/) != nil, "\(value)")
    }
    let text = try Repository.text("project.yml").replacing(/(?m)^\s*#.*$/, with: "")
    #expect(text.matches(of: /\$/).count == text.matches(of: /"\$\{[A-Z][A-Z0-9_]*\}"/).count)
  }

  @Test func `every variable is described in the example, and everything described is used`() throws {
    let described = try Repository.documentedVariables()
    #expect(try Repository.text("project.yml").placeholders.subtracting(described) == [])
    for function in FunctionName.allCases {
      #expect(Set(function.variables.map(function.operatorName)).subtracting(described) == [], "\(function)")
    }
    let used = try [
      "project.yml", "compose.yaml", "Sources/FunctionRuntime/Variable.swift", "Sources/breath/Commands/Migrate.swift",
      "Sources/breath/Commands/Serve.swift", "Sources/breath/Commands/SendMails.swift",
      "Sources/breath/Commands/Dump.swift",
    ]
    .map(Repository.text).joined()
    for name in described { #expect(used.contains(name), "\(name)") }
  }

  @Test func `what is deployed are the executables of the list of functions, in its order`() throws {
    let names = try Repository.yaml("project.yml")["packages"].list.flatMap {
      $0["functions"].list.compactMap(\.["name"].string)
    }
    #expect(names == FunctionName.allCases.map(\.rawValue))
    #expect(Set(names).isSubset(of: try Repository.products()))
  }

  @Test(arguments: FunctionName.allCases)
  func `a function is deployed with the limits and the variables that the list of functions has`(
    function: FunctionName
  ) throws {
    let package = try #require(try Repository.yaml("project.yml")["packages"].list.first)
    let deployed = try #require(package["functions"].list.first { $0["name"].string == function.rawValue })
    #expect(deployed["web"] == (function.isOnTheWeb ? .string("raw") : .bool(false)))
    #expect(deployed["triggers"].list.isEmpty == function.isOnTheWeb)
    #expect(deployed["limits"]["timeout"].number == Double(function.timeLimitSeconds * 1000))
    #expect(deployed["limits"]["memory"].number == Double(function.memoryMB))
    let given = package["environment"].map.merging(deployed["environment"].map) { $1 }
    let listed = function.variables.filter(\.isDeployed).map { variable in
      (variable.rawValue, YAML.string("${\(function.operatorName(of: variable))}"))
    }
    #expect(given == Dictionary(uniqueKeysWithValues: listed))
  }

  @Test func `scripts read the same names and database roles before anything is built`() throws {
    #expect(try Repository.lines(of: "scripts/functions.sh") == FunctionName.allCases.map(\.rawValue))
    #expect(try Repository.lines(of: "scripts/functions.sh", "roles") == FunctionName.databaseRoles)
  }

  @Test func `every function and every database role is told of`() throws {
    let operations = try Repository.text("docs/operations.md")
    for page in ["README.md", "docs/README.md", "docs/glossary.md", "docs/design/README.md"] {
      let text = try Repository.text(page)
      for function in FunctionName.allCases { #expect(text.contains("`\(function.rawValue)`"), "\(page): \(function)") }
    }
    for role in FunctionName.databaseRoles { #expect(operations.contains("`breath_\(role)`"), "\(role)") }
  }

  /// A folder that project.yml does not name would be deployed all the same, open to everyone.
  @Test func `no stray folder would be deployed`() throws {
    for path in ["", "functions/echo/"] {
      let packages = try Repository.yaml("\(path)project.yml")["packages"].list
      #expect(Set(Repository.names(in: "\(path)packages")).isSubset(of: packages.compactMap(\.["name"].string)))
      for package in packages {
        let named = package["functions"].list.compactMap(\.["name"].string)
        let folder = "\(path)packages/\(package["name"].string ?? "")"
        #expect(Set(Repository.names(in: folder)).isSubset(of: named), "\(folder)")
      }
    }
  }

  @Test func `the probe is the same program for both of its functions, in more than one file`() throws {
    let folder = "functions/echo/packages/probe"
    #expect(try Repository.text("\(folder)/echo/exec") == Repository.text("\(folder)/scheduled/exec"))
    for name in ["echo", "scheduled"] { #expect(Repository.names(in: "\(folder)/\(name)").count >= 2) }
  }
}
