import Operations
import Postgres

/// Why a command ends early: one line that says what to do, and an exit status that scripts can tell apart.
package struct Failure: Error, CustomStringConvertible {
  /// The numbers of sysexits.h.
  package enum Status: Int32 {
    case usage = 64
    case badInput = 65
    case unavailable = 69
    case refused = 77
  }

  package let status: Status
  package let description: String

  package init(_ status: Status, _ description: String) {
    self.status = status
    self.description = description
  }

  /// Turns what the layers below throw into a line for a person.
  package static func explaining<Value>(_ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch let error as MigrationError {
      throw Failure(.refused, error.description)
    } catch let error as PostgresError {
      throw Failure(
        error.isConnectionLost || error.kind != .server ? .unavailable : .refused, "The database: \(error.message).")
    }
  }
}
