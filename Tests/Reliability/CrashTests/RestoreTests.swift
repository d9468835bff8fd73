import ServerFaults
import StrictJSON
import TestSupport
import Testing

/// The database is lost and restored from an earlier backup: the machines are the last backup.
@Suite struct RestoreTests {
  private let seed = UInt64.random(in: .min ... .max)

  /// Every machine practises, reports a day, and deletes one of its sessions.
  private func live(_ clients: [Client], _ round: Int, _ random: inout Seeded, _ sync: FunctionProcess) throws {
    for client in clients {
      client.practise((0..<random.number(5...40)).map { Practice.any(round * 1000 + Int($0), &random) })
      client.report(day: "2025-0\(round + 1)-1\(random.number(0...9))")
      try client.sync(through: sync)
      client.delete("sess-\(round * 1000)")
      try client.sync(through: sync)
    }
    // Twice: the first to sync has not seen what the others did after it.
    for client in clients { try client.sync(through: sync) }
  }

  @Test func `after a restore each machine syncs twice, and nothing that any of them holds is missing`() throws {
    print("restore: seed \(seed)")
    var random = Seeded(seed)
    let cluster = try Cluster()
    let auth = try FunctionProcess("auth", cluster.environment(of: "auth"))
    let people = try (0..<3).map { _ in
      let first = try Machine.enrol(auth)
      return try [first, first.paired(auth), first.paired(auth)].map(Client.init)
    }
    let sync = try FunctionProcess("sync", cluster.environment(of: "sync"))
    for clients in people { try live(clients, 0, &random, sync) }
    let backup = try cluster.dump()
    for round in 1...2 { for clients in people { try live(clients, round, &random, sync) } }
    let before = try Audit(cluster).stored()

    let restored = try Cluster(migrated: false)
    try restored.restore(backup)
    #expect(try Audit(restored).stored().count < before.count, "something was lost, or this proves nothing")
    let said = try restored.breath("restored", "--reason", "dump of the test")
    #expect(said.contains("This is life 2 of the database now"))

    // The first machine of each person is gone: what it did must come back from the others.
    let after = try FunctionProcess("sync", restored.environment(of: "sync"))
    for _ in 0..<2 { for clients in people { for client in clients.dropFirst() { try client.sync(through: after) } } }
    #expect(people.allSatisfy { $0.dropFirst().allSatisfy { $0.restarts == 1 } })
    #expect(try Set(before).subtracting(Audit(restored).stored()).sorted().prefix(9) == [])
    #expect(
      try Set(Audit(restored).stored()).subtracting(before).sorted().prefix(9) == [], "what was deleted stays deleted")
    #expect(try Audit(restored).violations() == [])
    for clients in people {
      let fresh = try Client(clients[1].machine.paired(FunctionProcess("auth", restored.environment(of: "auth"))))
      try fresh.sync(through: after)
      for client in clients { #expect(client.lacking(in: fresh).sorted().prefix(9) == [], "seed \(seed)") }
    }
  }

  @Test func `a cursor that is ahead of a restored account is told so, even where the command was forgotten`() throws {
    var random = Seeded(seed)
    let cluster = try Cluster()
    let machine = try Machine.enrol(FunctionProcess("auth", cluster.environment(of: "auth")))
    let client = Client(machine)
    let backup = try cluster.dump()
    let sync = try FunctionProcess("sync", cluster.environment(of: "sync"))
    client.practise([Practice.any(1, &random)])
    try client.sync(through: sync)
    let restored = try Cluster(migrated: false)
    try restored.restore(backup)
    let after = try FunctionProcess("sync", restored.environment(of: "sync"))
    try client.sync(through: after)
    #expect(client.restarts == 1)
    #expect(try Audit(restored).stored().count == 1)
  }
}
