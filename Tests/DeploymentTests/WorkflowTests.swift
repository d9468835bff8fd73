import Testing

@Suite struct WorkflowTests {
  private static let files = ["ci", "deploy"].map { ".github/workflows/\($0).yml" }

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

  @Test func `a deployment gives every function all of its variables, and no secret stands in a workflow`() throws {
    let text = try Repository.text(".github/workflows/deploy.yml")
    let deploy = try Repository.yaml(".github/workflows/deploy.yml")
    for name in ["staging", "production"] {
      let job = deploy["jobs"][name]
      #expect(job["environment"].string == name)
      let given = Set(job["env"].map.keys).union(deploy["env"].map.keys)
      #expect(try Repository.text("project.yml").placeholders.subtracting(given) == [])
      for (name, value) in job["env"].map {
        #expect(value.string?.wholeMatch(of: /\$\{\{ (secrets|vars)\.[A-Z_]+ \}\}/) != nil, "\(name)")
      }
    }
    #expect(deploy["concurrency"]["cancel-in-progress"].bool == false)
    let operations = try Repository.text("docs/operations.md")
    for name in text.matches(of: /(?:secrets|vars)\.([A-Z_]+)/) { #expect(operations.contains(name.1), "\(name.1)") }
  }
}
