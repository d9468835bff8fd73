internal import ArgumentParser
internal import Backend
internal import Glibc
internal import Postgres

/// Why a command ends early: one line that says what to do, and an exit status that scripts can tell apart.
struct Failure: Error, CustomStringConvertible {
  /// The numbers of sysexits.h.
  enum Status: Int32 {
    case usage = 64
    case badInput = 65
    case unavailable = 69
    case refused = 77
  }

  let status: Status
  let description: String

  init(_ status: Status, _ description: String) {
    self.status = status
    self.description = description
  }

  /// Turns what the layers below throw into a line for a person.
  static func explaining<Value>(_ work: () throws -> Value) throws -> Value {
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
