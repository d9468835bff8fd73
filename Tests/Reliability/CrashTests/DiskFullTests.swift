import ServerFaults
import StrictJSON
import TestSupport
import Testing

/// The server has no room left: what was acknowledged stays, what can be read is read, and it goes on when there is room.
@Suite(
  .serialized, .enabled(if: SmallDisk.isPossible, "needs the right to mount a file system: run it as root"))
struct DiskFullTests {
  private let cluster: Cluster
  private let auth: FunctionProcess
  private let sync: FunctionProcess
  private let stats: FunctionProcess
  private let machine: Machine
  private let other: Machine

  init() throws {
    cluster = try Cluster()
    auth = try FunctionProcess("auth", cluster.environment(of: "auth"))
    sync = try FunctionProcess("sync", cluster.environment(of: "sync"))
    stats = try FunctionProcess("stats", cluster.environment(of: "stats"))
    machine = try Machine.enrol(auth)
    other = try machine.paired(auth)
  }

  /// Pushes until the server refuses.
  /// - Returns: what was acknowledged, and the push that was not.
  private func pushUntilFull() throws -> (acknowledged: [Practice], refused: [Practice]) {
    var (acknowledged, random) = ([Practice](), Seeded(1))
    while true {
      let practices = (0..<200).map { Practice.any(acknowledged.count + $0, &random) }
      let answer = try sync.answer(machine.push(practices))
      guard answer.status == 200 else {
        #expect(answer.isUnavailable, "\(answer.line)")
        return (acknowledged, practices)
      }
      acknowledged += practices
    }
  }

  private func expectStored(_ practices: [Practice]) throws {
    let audit = Audit(cluster)
    #expect(try audit.differences(from: Set(practices.map { $0.row(of: machine) })).prefix(9) == [])
    #expect(try audit.violations() == [])
  }

  /// The data is on the small disk, the log of transactions is not.
  @Test func `a full disk refuses writes with 503, answers reads, and takes writes again when there is room`() throws {
    let disk = try SmallDisk(megabytes: 48)
    try cluster.move(to: disk)
    defer { try? cluster.stop() }
    try disk.fill()
    let (acknowledged, refused) = try pushUntilFull()
    for _ in 0..<3 {
      let answer = try sync.answer(machine.push(refused))
      #expect(answer.isUnavailable, "\(answer.line)")
    }
    let pulled = try sync.answer(other.sync([:]))
    #expect(pulled.status == 200, "\(pulled.line.prefix(1000))")
    #expect(pulled.body["progress"]?["sessions"] == JSON(acknowledged.count))
    let summary = try stats.answer(Event("GET", "/summary", token: other.token))
    #expect(summary.status == 200, "\(summary.line.prefix(1000))")
    try expectStored(acknowledged)

    try disk.free()
    #expect(try sync.answer(machine.push(refused)).body["accepted"]?["stored"] == JSON(refused.count))
    try expectStored(acknowledged + refused)
  }

  /// The server cannot even note that it works: it dies, and starts again when its operator has made room.
  @Test func `a full disk under the log of transactions is 503 until there is room, and nothing is lost`() throws {
    let disk = try SmallDisk(megabytes: 96)
    try cluster.moveLog(to: disk)
    defer { try? cluster.stop() }
    try disk.fill()
    let (acknowledged, refused) = try pushUntilFull()
    for _ in 0..<3 {
      let answer = try sync.answer(machine.push(refused))
      #expect(answer.isUnavailable, "\(answer.line)")
    }
    try disk.free()
    cluster.killNine()
    try cluster.start()
    let answer = try sync.answer(machine.push(refused))
    #expect(answer.status == 200, "\(answer.line)")
    try expectStored(acknowledged + refused)
  }
}
