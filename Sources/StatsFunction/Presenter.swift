import FunctionRuntime
import StrictJSON

/// How a value is shown: as JSON, as a file, in another program's words.
struct Presenter<Value> {
  let reply: (Value) throws -> Reply
}

extension Presenter {
  static func json(_ json: @escaping (Value) throws -> JSON) -> Presenter {
    Presenter { value in Reply(200, json: try json(value)) }
  }
}
