internal import ArgumentParser
internal import Backend
internal import FoundationEssentials
internal import Glibc
import Outbox
internal import ToolSupport

struct SendMails: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outbox",
    abstract: "Sends the mails that wait, over SMTP.",
    discussion: """
      Reads DATABASE_URL_AUTH and BREATH_DATA_KEY. Each mail goes out at least once, under one Message-ID; what cannot be \
      delivered is tried again after a minute, then after twice as long each time, until it is of no use any more. curl \
      delivers; TLS is required except on this machine. Several may run at once.
      """)

  @Option(help: "smtp:// or smtps:// URL of the mail server. (default: BREATH_SMTP_URL, which others do not see in ps)")
  var smtp: String?

  @Option(help: "The address that mails come from. (default: BREATH_MAIL_FROM)")
  var from: String?

  @Flag(help: "Goes on for ever, instead of ending when nothing is due.")
  var watch = false

  @Option(help: "Seconds between two looks with --watch.")
  var interval = 5

  @OptionGroup var attendance: Attendance

  private static let batch = 20

  func validate() throws {
    if let from, Sender(from) == nil { throw ValidationError("--from must be an address like breath@example.org.") }
    guard (1...3600).contains(interval) else { throw ValidationError("--interval must be between 1 and 3600.") }
  }

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    func value(_ name: String, _ meaning: String) throws -> String {
      guard let value = environment[name], !value.isEmpty else {
        throw Failure(.usage, "\(name) is not set: \(meaning).")
      }
      return value
    }
    let server = try smtp ?? value("BREATH_SMTP_URL", "name the mail server there or with --smtp")
    let address = try from ?? value("BREATH_MAIL_FROM", "name the sender's address there or with --from")
    guard let sender = Sender(address) else {
      throw Failure(.usage, "BREATH_MAIL_FROM must be an address like breath@example.org.")
    }
    guard let delivery = SMTPDelivery(server, from: sender) else {
      throw Failure(.usage, "The mail server must be a URL like smtps://user:password@mail.example.org.")
    }
    let url = try value("DATABASE_URL_AUTH", "it names the connection of auth")
    let key = try value("BREATH_DATA_KEY", "it opens the mails")
    func sendAll() throws {
      let outbox = try Failure.explaining {
        try Outbox(
          url: url, caCertificate: environment["DATABASE_CA_CERT"],
          usesTransactionPooler: environment["DATABASE_POOLER"] == "transaction", dataKey: key)
      }
      guard let outbox else { throw Failure(.usage, "BREATH_DATA_KEY cannot be read; see .env.example for its form.") }
      let failed = try Failure.explaining { try drain(outbox, delivery) }
      if failed > 0 {
        throw Failure(
          .unavailable, "\(failed) \(failed == 1 ? "mail" : "mails") could not be sent, and will be tried again later.")
      }
    }
    guard watch else { return try sendAll() }
    repeat {
      do { try sendAll() } catch let failure as Failure where failure.status != .usage { Terminal.note("\(failure)") }
    } while attendance.wait(seconds: interval)
  }

  /// - Returns: how many could not be sent.
  private func drain(_ outbox: Outbox, _ delivery: SMTPDelivery) throws -> Int {
    var (sent, failed) = (0, 0)
    while true {
      let (mails, unreadable) = try outbox.take(SendMails.batch)
      for mail in mails {
        guard try delivery.deliver(mail) else {
          failed += 1
          continue
        }
        try outbox.noteSent(mail)
        sent += 1
      }
      failed += unreadable
      if unreadable > 0 {
        Terminal.note("\(unreadable) mails cannot be read: of another BREATH_DATA_KEY, or of a kind unknown here.")
      }
      if mails.isEmpty && unreadable == 0 { break }
    }
    if sent > 0 || !watch { print("\(sent) \(sent == 1 ? "mail" : "mails") sent, \(failed) to be tried again.") }
    return failed
  }
}
