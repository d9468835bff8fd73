import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// `breath maintain`, and the same beside `breath serve`: what the schedule does where there is no schedule.
@Suite struct MaintainTests {
  /// A database of its own, because maintenance works on everybody's rows.
  private final class Scene {
    let database: ScratchDatabase
    let environment: [String: String]

    init() throws {
      database = try ScratchDatabase()
      let name = try #require(database.url.firstMatch(of: /@\/(\w+)\?/)?.1)
      let own = ProcessInfo.processInfo.environment["BREATH_TEST_DIRECT_URL_ADMIN"]
      let url = try own ?? TestEnvironment.value("DATABASE_URL_ADMIN")
      environment = ["DATABASE_URL_ADMIN": url.replacing("@/breath?", with: "@/\(name)?")]
    }

    func age(_ count: Int32) throws {
      _ = try database.connect().rows(
        """
        INSERT INTO breath.rate_limits (key, theoretical_arrival)
        SELECT int4send(n), now() - interval '2 days' FROM generate_series(1, \(count)) n
        """)
    }

    func left() throws -> Int64 {
      try #require(try database.connect().rows("SELECT count(*) AS count FROM breath.rate_limits").first)["count"]
    }
  }

  @Test func `what has expired goes wherever it is hosted, in as many batches as it takes`() throws {
    let scene = try Scene()
    try scene.age(12_000)
    let first = try Breath(["maintain"], scene.environment)
    #expect(
      first.status == 0 && first.output.contains("Removed what had expired: 12,000 rateLimits."), "\(first.output)")
    #expect(try scene.left() == 0)
    let again = try Breath(["maintain"], scene.environment)
    #expect(again.status == 0 && again.output.contains("Nothing had expired."))
  }

  @Test func `who comes second leaves the work to the first, and says so`() throws {
    let scene = try Scene()
    let other = try scene.database.connect()
    _ = try other.rows("SELECT pg_advisory_lock(7021787)")
    let run = try Breath(["maintain"], scene.environment)
    #expect(run.status == 69 && run.output.contains("Another maintenance is at work"), "\(run.output)")
  }

  @Test func `a database that is away, or not named, is said in a line`() throws {
    let gone = try Breath(["maintain"], ["DATABASE_URL_ADMIN": "postgresql://breath_admin:x@127.0.0.1:1/breath"])
    #expect(gone.status == 69 && gone.output.contains("breath: Maintenance did not run: "), "\(gone.output)")
    let unnamed = try Breath(["maintain"], [:])
    #expect(unnamed.status == 64 && unnamed.output.contains("DATABASE_URL_ADMIN is not set"))
  }

  @Test func `beside a server it works by itself and ends with its input`() throws {
    let scene = try Scene()
    try scene.age(3)
    let environment = try scene.environment.merging(["PATH": TestEnvironment.value("PATH")]) { $1 }
    let attendant = try Executable(
      Fleet.program("breath"), arguments: ["maintain", "--watch", "--beside-server"], environment)
    #expect(try attendant.line()?.contains("3 rateLimits") == true, "\(attendant.log())")
    #expect(attendant.finish() == 0)
  }

  /// Killed, so that nothing of the server can say good-bye.
  @Test func `a server has its maintenance beside it, which ends with a server that was killed`() throws {
    let scene = try Scene()
    let environment = try scene.environment.merging(["PATH": TestEnvironment.value("PATH")]) { $1 }
    let server = Process()
    server.executableURL = URL(filePath: try Fleet.program("breath"))
    server.arguments = ["serve", "--port", "0", "--pool", "1"]
    server.environment = environment
    let output = Pipe()
    (server.standardOutput, server.standardError) = (output, FileHandle.nullDevice)
    try server.run()
    #expect(!output.fileHandleForReading.availableData.isEmpty)
    let pid = server.processIdentifier
    let attendant = try #require(try MaintainTests.children(of: pid).first { $0.words.contains("maintain") })
    #expect(attendant.words.contains("--beside-server"))
    kill(pid, SIGKILL)
    server.waitUntilExit()
    while FileManager.default.fileExists(atPath: "/proc/\(attendant.pid)") && !MaintainTests.isZombie(attendant.pid) {}
  }

  private static func children(of parent: pid_t) throws -> [(pid: pid_t, words: [String])] {
    let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(parent)/task")
    return names.flatMap { task in
      let text = (try? String(contentsOfFile: "/proc/\(parent)/task/\(task)/children", encoding: .utf8)) ?? ""
      return text.split(separator: " ").compactMap { pid_t($0) }.map { pid in
        let line = (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
        return (pid, line.split(separator: "\0").map { String($0) })
      }
    }
  }

  /// Where no init process reaps it.
  private static func isZombie(_ pid: pid_t) -> Bool {
    let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    return text.split(separator: ")").last?.hasPrefix(" Z") ?? true
  }
}
