import FunctionRuntime
import Postgres
import StrictJSON
import Testing

/// The files people really have, imported through the real path.
@Suite struct ExportTests {
  @Test(arguments: RecordedExport.all)
  func `importing sessions gives the file's totals, and importing again stores nothing`(file: RecordedExport) throws {
    let device = try Device(timeZone: file.timeZone)
    let first = try device.importFile(file.text, query: "detail=sessions")
    file.expectTotals(first)
    #expect(first["accepted.stored"] == .integer(file.sessions) && first["accepted.rejected"] == 0)
    #expect(first["detail"] == "sessions")

    let before = try device.state()
    let again = try device.importFile(file.text, query: "detail=sessions")
    file.expectTotals(again)
    #expect(again["accepted.stored"] == 0 && again["accepted.duplicate"] == .integer(file.sessions))
    #expect(try again.items("verdicts").count { $0["status"] == "duplicate" } == Int(file.sessions))
    #expect(again["digest"] == first["digest"])
    #expect(try device.state() == before)
  }

  @Test(arguments: RecordedExport.all)
  func `importing day totals gives the same, keeps no session, and again changes nothing`(file: RecordedExport) throws {
    let device = try Device(timeZone: file.timeZone, shares: false)
    let first = try device.importFile(file.text, query: "detail=days")
    file.expectTotals(first)
    #expect(first["accepted.stored"] == .integer(file.activeDays) && first["detail"] == "days")

    let before = try device.state()
    let pull = try device.paired().sync([:])
    let beforeAgain = try device.state()
    let again = try device.importFile(file.text, query: "detail=days")
    file.expectTotals(again)
    #expect(again["accepted.stored"] == 0 && again["accepted.duplicate"] == .integer(file.activeDays))
    #expect(try device.state() == beforeAgain && before != beforeAgain)
    #expect(try again.text("digest") == first.text("digest"))
    #expect(try pull.items("changes.sessions").isEmpty)
    #expect(try pull.items("changes.days").count == Int(file.activeDays))
  }

  @Test(arguments: RecordedExport.all)
  func `the default keeps day totals only, as the account does`(file: RecordedExport) throws {
    let device = try Device(timeZone: file.timeZone, shares: false)
    let reply = try device.importFile(file.text, query: "")
    file.expectTotals(reply)
    #expect(reply["detail"] == "days")
    let id = try device.accountID
    #expect(try Superuser.count("SELECT count(*) FROM breath.sessions WHERE account_id = \(id)") == 0)
  }

  @Test(
    arguments: RecordedExport.all, ["days sessions", "sessions days", "days sessions days", "sessions days sessions"])
  func `day totals and sessions of the same practice are not added up`(file: RecordedExport, order: String) throws {
    let device = try Device(timeZone: file.timeZone, shares: false)
    for detail in order.split(separator: " ") {
      file.expectTotals(try device.importFile(file.text, query: "detail=\(detail)"))
    }
  }

  @Test func `two exports on two devices of one account add their XP`() throws {
    let (one, other) = (RecordedExport.all[0], RecordedExport.all[1])
    let first = try Device(timeZone: one.timeZone)
    let second = try first.paired(timeZone: other.timeZone)
    _ = try first.importFile(one.text, query: "detail=sessions")
    let reply = try second.importFile(other.text, query: "detail=sessions")
    #expect(reply["progress.totalXP"] == .integer(one.totalXP + other.totalXP))
    #expect(reply["progress.sessions"] == .integer(one.sessions + other.sessions))
    #expect(try first.stats("summary")["progress.totalXP"] == .integer(one.totalXP + other.totalXP))
  }

  @Test(arguments: RecordedExport.all, ["sessions", "days"])
  func `a dry run writes nothing and reports what really happens`(file: RecordedExport, detail: String) throws {
    let device = try Device(timeZone: file.timeZone, shares: false)
    let before = try device.state()
    let dry = try device.importFile(file.text, query: "detail=\(detail)&dryRun=true")
    #expect(try device.state() == before)
    let real = try device.importFile(file.text, query: "detail=\(detail)")
    #expect(dry["dryRun"] == true && real["dryRun"] == false)
    for member in ["accepted", "verdicts", "progress", "detail", "digest", "salvaged"] {
      #expect(dry[member] == real[member], "\(member)")
    }
  }

  @Test func `the extension's shape can be imported on another account to the same totals`() throws {
    let file = RecordedExport.all[0]
    let device = try Device(timeZone: file.timeZone)
    _ = try device.importFile(file.text, query: "detail=sessions")
    let shape = try device.call(.sync, "GET", "/export", query: "shape=extension&limit=2000")
    #expect(try shape.items("breathMaster.meditation.sessions").count == Int(file.sessions))
    let other = try Device(timeZone: file.timeZone)
    file.expectTotals(try other.importFile(shape.body.text, query: "detail=sessions"))
  }

  @Test func `an account is given back whole, in pages of any size`() throws {
    let file = RecordedExport.all[2]
    let device = try Device(timeZone: file.timeZone)
    _ = try device.importFile(file.text, query: "detail=sessions")
    for limit in [1, 7, 40, 2000] {
      var ids: [String] = []
      var days: [String] = []
      var cursor = ""
      while true {
        let page = try device.call(
          .sync, "GET", "/export", query: "limit=\(limit)" + (cursor.isEmpty ? "" : "&cursor=\(cursor)"))
        ids += try page.items("records.sessions").compactMap { $0["id"]?.string }
        days += try page.items("records.days").compactMap { $0["date"]?.string }
        cursor = try page.text("cursor")
        #expect((page.header("link") != nil) == (page["more"] == true))
        if page["more"] != true { break }
      }
      #expect(ids.count == Int(file.sessions) && Set(ids).count == ids.count, "limit \(limit)")
      #expect(days.count == Int(file.activeDays) && Set(days).count == days.count, "limit \(limit)")
    }
  }
}
