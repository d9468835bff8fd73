import ServerFaults
import StrictJSON
import TestSupport
import Testing

/// More processes than connections: who gets none says 503 at once, and is served when there is one again.
@Suite struct PoolExhaustedTests {
  private let cluster: Cluster
  private let machine: Machine

  init() throws {
    cluster = try Cluster()
    machine = try Machine.enrol(FunctionProcess("auth", cluster.environment(of: "auth")))
  }

  private func number(_ index: Int) -> Event {
    var random = Seeded(UInt64(index))
    return machine.push([Practice.any(index, &random)])
  }

  @Test func `processes beyond the role's connections are told 503, and served when one is free`() throws {
    try cluster.sql("ALTER ROLE breath_sync CONNECTION LIMIT 2")
    var processes = try (0..<5).map { _ in try FunctionProcess("sync", cluster.environment(of: "sync")) }
    for index in 0..<2 { #expect(try processes[index].answer(number(index)).status == 200) }
    for index in 2..<5 {
      for _ in 0..<2 { #expect(try processes[index].answer(number(index)).isUnavailable) }
    }
    #expect(try processes[0].answer(number(5)).status == 200, "who has a connection keeps it")
    processes.removeFirst()
    try cluster.waitForSessions(of: "sync", atMost: 1)
    #expect(try processes[1].answer(number(2)).status == 200)
    #expect(try Audit(cluster).violations() == [])
    #expect(try Audit(cluster).stored().count == 4)
  }

  @Test(.enabled(if: Pooler.isPossible, "needs PgBouncer: run make test-pgbouncer"))
  func `a pooler's full queue is 503, and the same processes are served when it drains`() throws {
    let pooler = try Pooler(cluster, "default_pool_size=1", "query_wait_timeout=1")
    let processes = try (0..<4).map { _ in try FunctionProcess("sync", pooler.environment(of: "sync")) }
    for index in 0..<4 { #expect(try processes[index].answer(number(index)).status == 200) }
    let holder = try Holder(pooler.url(of: "sync"))
    for round in 0..<2 {
      for (index, process) in processes.enumerated() { try process.send(number(10 * round + index)) }
      for process in processes {
        let answer = try process.answer()
        #expect(answer.isUnavailable, "\(answer.line)")
      }
    }
    try holder.release()
    for (index, process) in processes.enumerated() { #expect(try process.answer(number(10 + index)).status == 200) }
    #expect(try Audit(cluster).violations() == [])
    #expect(try Audit(cluster).stored().count == 8)
  }

  @Test(.enabled(if: Pooler.isPossible, "needs PgBouncer: run make test-pgbouncer"))
  func `a pooler that takes no more clients is 503, until one leaves`() throws {
    let pooler = try Pooler(cluster, "max_client_conn=1")
    let first = try FunctionProcess("sync", pooler.environment(of: "sync"))
    let second = try FunctionProcess("sync", pooler.environment(of: "sync"))
    #expect(try first.answer(number(1)).status == 200)
    for _ in 0..<2 { #expect(try second.answer(number(2)).isUnavailable) }
    #expect(try first.answer(number(3)).status == 200)
  }

  /// Who waits for a server that is away is told so by the pooler, and the pooler looks for it again by itself.
  @Test(.enabled(if: Pooler.isPossible, "needs PgBouncer: run make test-pgbouncer"))
  func `a server that dies behind the pooler is 503, and the same process is served when it is back`() throws {
    let pooler = try Pooler(cluster, "query_wait_timeout=1")
    let sync = try FunctionProcess("sync", pooler.environment(of: "sync"))
    #expect(try sync.answer(number(1)).status == 200)
    cluster.killNine()
    for _ in 0..<2 {
      let answer = try sync.answer(number(2))
      #expect(answer.isUnavailable, "\(answer.line)")
    }
    try cluster.start()
    var answer = try sync.answer(number(2))
    while answer.isUnavailable { answer = try sync.answer(number(2)) }
    #expect(answer.body["accepted"]?["stored"] == 1, "\(answer.line)")
    #expect(try Audit(cluster).violations() == [])
  }
}
