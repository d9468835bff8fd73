import Backend
import BreathDomain
package import FoundationEssentials

/// A mail that is due.
package struct Mail {
  /// In the words of the table `outbox`.
  package enum Kind: String, CaseIterable {
    case confirmAddress = "confirm_address"
    case addressTaken = "address_taken"
    case resetPassword = "reset_password"
    case passwordChanged = "password_changed"
    case secondFactorOn = "second_factor_on"
    case secondFactorOff = "second_factor_off"
    case codesTried = "codes_tried"
    case recoveryCodesMade = "recovery_codes_made"
    case erasureInAMonth = "erasure_in_a_month"
    case erasureInAWeek = "erasure_in_a_week"
  }

  package let id: UUID
  package let account: UUID
  let kind: Kind
  let to: EmailAddress
  let token: String?
  let madeAt: Date

  package var recipient: String { to.text }

  /// As it goes over the wire (RFC 5322): ASCII, lines that end in CRLF. Only addresses, which hold nothing that could end a
  /// header, and fixed texts go into headers.
  package func message(from sender: Sender) -> [UInt8] {
    let headers = [
      "From: Breath Master <\(sender.address.text)>", "To: <\(to.text)>", "Subject: \(subject)", "Date: \(date)",
      "Message-ID: <\(id.lowercased)@\(sender.domain)>", "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=us-ascii", "Content-Transfer-Encoding: 7bit", "Auto-Submitted: auto-generated",
    ]
    let lines = headers + [""] + text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return lines.flatMap { Array($0.utf8) + [0x0D, 0x0A] }
  }

  /// `Mon, 24 Nov 2026 09:00:00 +0000`
  private var date: String {
    let seconds = Int(madeAt.timeIntervalSince1970.rounded(.down))
    let day = LocalDate(daysSince1970: seconds / 86_400)
    let ofDay = seconds % 86_400
    let time = [ofDay / 3600, ofDay / 60 % 60, ofDay % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day.isoWeekday - 1]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return "\(weekday), \(day.day) \(months[day.month - 1]) \(day.year) \(time) +0000"
  }
}

/// Who mails come from.
package struct Sender {
  let address: EmailAddress

  /// Nil for what is no address.
  package init?(_ text: String) {
    guard let address = EmailAddress(text) else { return nil }
    self.address = address
  }

  package var text: String { address.text }
  package var domain: String { String(address.domain) }
}
