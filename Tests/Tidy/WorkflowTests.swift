import TestSupport
import Testing
import YAMLFiles

@Suite struct WorkflowTests {
  private static let files = ["ci", "deploy", "release"].map { ".github/workflows/\($0).yml" }

  @Test(arguments: files)
  func `every job needs what exists, runs with few rights, and ends`(file: String) throws {
    let workflow = try Repository.yaml(file)
    #expect(workflow["permissions"] == .map(["contents": .string("read")]))
    #expect(workflow["concurrency"]["group"].string != nil)
    for (name, job) in workflow["jobs"].map {
      for needed in [job["needs"].string].compactMap(\.self) {
        #expect(workflow["jobs"].map[needed] != nil, "\(needed)")
      }
      if let uses = job["uses"].string {
        #expect(Repository.has(uses), "\(uses)")
      } else {
        #expect(job["timeout-minutes"].number != nil, "\(name)")
      }
    }
  }

  @Test(arguments: files)
  func `every make target and every script they call is there`(file: String) throws {
    let text = try Repository.text(file)
    let targets = Set(try Repository.text("Makefile").matches(of: /(?m)^([a-z]+):/).map { String($0.1) })
    for call in text.matches(of: /\bmake ([a-z]+)\b(?! [a-z])/)
    where !text.contains("install -y --no-install-recommends make \(call.1)") {
      #expect(targets.contains(String(call.1)), "make \(call.1)")
    }
    for script in text.matches(of: /scripts\/[a-z-]+\.sh/) { #expect(Repository.has(String(script.0)), "\(script.0)") }
  }

  /// Whoever owns a tag may move it to other code, which then has our secrets.
  @Test(arguments: files) func `an action is named by a commit, and a checkout keeps no token`(file: String) throws {
    let uses = try Repository.text(file).matches(of: /(?m)uses: (\S+)(.*)$/)
    #expect(uses.count > 2)
    for (_, action, rest) in uses.map(\.output) where !action.hasPrefix("./") {
      #expect(action.wholeMatch(of: /[\w-]+\/[\w-]+@[0-9a-f]{40}/) != nil && rest.contains("# v"), "\(action)")
    }
    for (name, job) in try Repository.yaml(file)["jobs"].map {
      for step in job["steps"].list where step["uses"].string?.hasPrefix("actions/checkout@") == true {
        #expect(step["with"]["persist-credentials"].bool == false, "\(name)")
      }
    }
  }

  /// What a shell reads is never put together from values; they come by the environment.
  @Test(arguments: files) func `no command has a value put into its text`(file: String) throws {
    for (name, job) in try Repository.yaml(file)["jobs"].map {
      for step in job["steps"].list { #expect(step["run"].string?.contains("${{") != true, "\(name)") }
    }
  }

  @Test func `secrets reach only the steps that need them`() throws {
    let deploy = try Repository.yaml(".github/workflows/deploy.yml")
    for (name, job) in deploy["jobs"].map {
      #expect(job["env"].strings.allSatisfy { !$0.contains("secrets.") }, "\(name)")
      for step in job["steps"].list where step["env"].strings.contains(where: { $0.contains("secrets.") }) {
        #expect(["./breath migrate", "scripts/deploy.sh $NAMESPACES"].contains(step["run"].string), "\(name)")
      }
    }
  }

  @Test func `a deployment gives every function all of its variables, and no secret stands in a workflow`() throws {
    let text = try Repository.text(".github/workflows/deploy.yml")
    let deploy = try Repository.yaml(".github/workflows/deploy.yml")
    for name in ["staging", "production"] {
      let job = deploy["jobs"][name]
      #expect(job["environment"].string == name)
      let step = job["steps"].list.first { $0["run"].string?.hasPrefix("scripts/deploy.sh") == true }
      let given = Set(step?["env"].map.keys ?? [:].keys).union(deploy["env"].map.keys)
      #expect(try Repository.text("project.yml").placeholders.subtracting(given) == [])
      for (name, value) in job["steps"].list.flatMap(\.["env"].map) {
        #expect(value.string?.wholeMatch(of: /\$\{\{ (secrets|vars)\.[A-Z_]+ \}\}/) != nil, "\(name)")
      }
    }
    #expect(deploy["concurrency"]["cancel-in-progress"].bool == false)
    let operations = try Repository.text("docs/operations.md")
    for name in text.matches(of: /(?:secrets|vars)\.([A-Z_]+)/) { #expect(operations.contains(name.1), "\(name.1)") }
  }
}
