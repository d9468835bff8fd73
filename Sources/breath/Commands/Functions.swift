internal import ArgumentParser
internal import FunctionRuntime
internal import StrictJSON

struct Functions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the functions of the bundle.",
    discussion: """
      One a line: its name, the database role it logs in as (without breath_), and web, or schedule when no request reaches \
      it. With --json also its limits, and each of its variables with the name that it has for the operator.
      """)

  @Flag(help: "A JSON array, one object a function.")
  var json = false

  func run() {
    if json {
      print(JSON.array(FunctionName.allCases.map(Functions.described)).pretty, terminator: "")
    } else {
      for function in FunctionName.allCases {
        print(function.rawValue, function.databaseRole, function.isOnTheWeb ? "web" : "schedule")
      }
    }
  }

  private static func described(_ function: FunctionName) -> JSON {
    let variables = function.variables.map { ($0.rawValue, JSON.string(function.operatorName(of: $0))) }
    return [
      "name": .string(function.rawValue), "databaseRole": .string(function.databaseRole),
      "web": .bool(function.isOnTheWeb), "timeLimitMs": JSON(function.timeLimitSeconds * 1000),
      "memoryMB": JSON(function.memoryMB), "variables": .object(JSONObject(variables)),
    ]
  }
}

extension FunctionName: ExpressibleByArgument {}
