/// What clients ask for again and again.
enum Load: Hashable {
  case push(Int)
  /// The first 200 sessions of an account.
  case pull

  var name: String {
    switch self {
    case .push(let size): "push of \(size)"
    case .pull: "pull of 200"
    }
  }

  /// Someone with an account of his own.
  /// - Parameter movesDates: false pushes to the same dates each time, as pgbench does.
  func person(_ workbench: Workbench, as form: Wire.Form, movesDates: Bool = true) throws -> any Person {
    switch self {
    case .push(let size): try Pusher(workbench, size: size, as: form, movesDates: movesDates)
    case .pull: try Puller(workbench, as: form)
    }
  }
}
