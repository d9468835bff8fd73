import YAMLFiles

/// What the platform's deployer and we ourselves ask of a project.yml.
struct ProjectRules {
  private(set) var problems: [String] = []
  private var triggers = 0

  static let runtimes = Set(["1.17", "1.20", "1.24", "1.25"].map { "go:\($0)" })
  /// A web call that takes longer is answered without its result.
  static let webTimeoutMsMax = 30_000.0
  static let timeoutMs = 100.0...900_000.0
  static let memoryMB = 128.0...1024.0
  static let triggersMax = 3
  private static let forbiddenNames = ["web-export", "raw-http", "require-whisk-auth"]

  /// - Returns: what is wrong, nothing when all is well.
  static func problems(in text: String) -> [String] {
    var rules = ProjectRules()
    if text.contains("\t") { rules.problems.append("there is a tab") }
    guard let document = try? YAML(parsing: text) else { return rules.problems + ["it is no YAML"] }
    rules.check(document)
    return rules.problems
  }

  private mutating func check(_ document: YAML) {
    keys(of: document, ["packages", "parameters", "environment", "targetNamespace"], at: "top")
    environment(document["environment"], at: "top")
    expect(!document["packages"].list.isEmpty, "packages is a list", at: "top")
    for package in document["packages"].list { check(package: package) }
    expect(triggers <= ProjectRules.triggersMax, "at most \(ProjectRules.triggersMax) triggers", at: "top")
  }

  private mutating func check(package: YAML) {
    let place = package["name"].string ?? "a package"
    keys(
      of: package,
      ["name", "functions", "actions", "parameters", "environment", "annotations", "web", "shared", "binding"],
      at: place)
    expect(package["name"].string.map { $0 != "default" } ?? false, "has a name, not default", at: place)
    expect(package["shared"] == .null, "shared is forbidden for App Platform", at: place)
    environment(package["environment"], at: place)
    annotations(package["annotations"], at: place)
    for function in package["functions"].list { check(function: function) }
  }

  private mutating func check(function: YAML) {
    let place = function["name"].string ?? "a function"
    keys(
      of: function,
      [
        "name", "file", "runtime", "main", "binary", "web", "parameters", "environment", "annotations", "limits",
        "triggers",
        "localBuild", "remoteBuild",
      ], at: place)
    expect(function["name"].string != nil, "has a name", at: place)
    expect(
      function["runtime"].string.map(ProjectRules.runtimes.contains) ?? false, "runtime is one of the list", at: place)
    expect(function["localBuild"].bool == true, "localBuild keeps the deployer from compiling it", at: place)
    expect(function["remoteBuild"] == .null, "localBuild and remoteBuild exclude each other", at: place)
    expect(function["binary"] == .null || function["binary"].bool != nil, "binary is true or false", at: place)
    expect(function["web"].bool != nil || function["web"].string == "raw", "web is said: true, false or raw", at: place)
    environment(function["environment"], at: place)
    annotations(function["annotations"], at: place)
    limits(function["limits"], isWeb: function["web"].bool != false, at: place)
    triggers(of: function, at: place)
  }

  private mutating func limits(_ limits: YAML, isWeb: Bool, at place: String) {
    keys(of: limits, ["timeout", "memory", "logs"], at: "\(place) limits")
    for (key, value) in limits.map { expect(value.number != nil, "\(key) is a number", at: "\(place) limits") }
    let timeout = limits["timeout"].number ?? 0
    expect(ProjectRules.timeoutMs.contains(timeout), "timeout is within the platform's range", at: "\(place) limits")
    expect(
      !isWeb || timeout <= ProjectRules.webTimeoutMsMax, "a web function's timeout is at most 30 s",
      at: "\(place) limits")
    expect(
      ProjectRules.memoryMB.contains(limits["memory"].number ?? 0), "memory is within the range", at: "\(place) limits")
  }

  private mutating func triggers(of function: YAML, at place: String) {
    triggers += function["triggers"].list.count
    if !function["triggers"].list.isEmpty {
      expect(function["web"].bool == false, "what the clock starts cannot be reached by HTTP", at: place)
    }
    for trigger in function["triggers"].list {
      keys(of: trigger, ["name", "enabled", "sourceType", "sourceDetails"], at: "\(place) trigger")
      keys(of: trigger["sourceDetails"], ["cron", "withBody"], at: "\(place) trigger")
      expect(trigger["name"].string != nil, "has a name", at: "\(place) trigger")
      expect(trigger["sourceType"].string == "scheduler", "sourceType is scheduler", at: "\(place) trigger")
      let fields = (trigger["sourceDetails"]["cron"].string ?? "").split(separator: " ")
      let isCron = fields.count == 5 && fields.allSatisfy { $0.wholeMatch(of: /[0-9*,\/-]+/) != nil }
      expect(isCron, "cron has five fields of digits", at: "\(place) trigger")
    }
  }

  private mutating func environment(_ environment: YAML, at place: String) {
    for (name, value) in environment.map {
      expect(value.string != nil, "\(name) is text", at: "\(place) environment")
      expect(!ProjectRules.forbiddenNames.contains(name), "\(name) is refused", at: "\(place) environment")
    }
  }

  private mutating func annotations(_ annotations: YAML, at place: String) {
    for name in annotations.map.keys {
      let isOurs = !(ProjectRules.forbiddenNames + ["provide-api-key"]).contains(name)
      expect(isOurs, "\(name) is refused", at: "\(place) annotations")
    }
  }

  private mutating func keys(of value: YAML, _ known: Set<String>, at place: String) {
    for key in value.map.keys where !known.contains(key) { problems.append("\(place): no key \(key)") }
  }

  private mutating func expect(_ condition: Bool, _ rule: String, at place: String) {
    if !condition { problems.append("\(place): \(rule)") }
  }
}
