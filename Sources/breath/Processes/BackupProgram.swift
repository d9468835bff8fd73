internal import FoundationEssentials
internal import Glibc
internal import Operations
internal import Postgres
internal import ToolSupport

/// pg_dump and pg_restore, connected as a URL says.
struct BackupProgram {
  let url: String
  let caCertificate: String?

  /// - Returns: what it wrote to standard output.
  /// - Throws: `Failure`; the program itself says on standard error why.
  @discardableResult
  func run(_ name: String, _ arguments: [String], descriptor3: [UInt8]? = nil) throws -> [UInt8] {
    let certificate = try caCertificate.flatMap { $0.isEmpty ? nil : $0 }.map { try CertificateFile($0) }
    defer { certificate?.remove() }
    var environment = try Failure.explaining { try Backup.environment(url: url, caPath: certificate?.path) }
    environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
    // Whatever it writes holds people's practice.
    let mask = umask(0o077)
    defer { umask(mask) }
    let result: PipedProcess.Result
    do {
      result = try PipedProcess(name, arguments: arguments, environment: environment).run(
        input: [], descriptor3: descriptor3)
    } catch let failure as Failure {
      throw Failure(
        failure.status, "\(failure.description) It comes with PostgreSQL's client (Debian: postgresql-client).")
    }
    guard result.isSuccess else { throw Failure(.refused, "\(name) failed (\(result.end)): it says above why.") }
    return result.output
  }
}
