internal import Backend
internal import FoundationEssentials
import Outbox

/// Hands a mail to curl, whose SMTP others look after. Its configuration goes to its standard input and the mail to
/// descriptor 3: nothing of either is seen in a list of processes, and nothing is written to a disk.
struct SMTPDelivery {
  private let url: String
  private let sender: Sender
  private let requiresTLS: Bool

  static let timeoutSeconds = 30

  /// Nil for anything but an smtp:// or smtps:// URL with a host.
  init?(_ url: String, from sender: Sender) {
    guard let scheme = ["smtp://", "smtps://"].first(where: url.hasPrefix),
      url.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
    else { return nil }
    let authority = url.dropFirst(scheme.count).prefix { $0 != "/" }
    let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    let host = place.hasPrefix("[") ? place.prefix { $0 != "]" }.dropFirst() : place.prefix { $0 != ":" }
    guard !host.isEmpty, url.dropFirst(scheme.count).allSatisfy({ $0 != "?" && $0 != "#" }) else { return nil }
    self.sender = sender
    // What stands after the host is the name we greet with.
    self.url = url.dropFirst(scheme.count).contains("/") ? url : "\(url)/\(sender.domain)"
    let isHere = host == "localhost" || host == "::1" || host.hasPrefix("127.")
    requiresTLS = scheme == "smtp://" && !isHere
  }

  /// - Returns: whether the server took it; curl says on standard error why not.
  func deliver(_ mail: Mail) throws -> Bool {
    let curl = PipedProcess("curl", arguments: ["--disable", "--config", "-"], environment: SMTPDelivery.environment)
    return try curl.run(input: Array(configuration(mail).utf8), descriptor3: mail.message(from: sender)).isSuccess
  }

  /// Values are addresses and a URL without quotes or backslashes, so none can end its line.
  private func configuration(_ mail: Mail) -> String {
    """
    silent
    show-error
    max-time = \(SMTPDelivery.timeoutSeconds)
    proto = "=smtp,smtps"
    url = "\(url)"
    mail-from = "\(sender.text)"
    mail-rcpt = "\(mail.recipient)"
    upload-file = "/dev/fd/3"
    \(requiresTLS ? "ssl-reqd" : "")

    """
  }

  /// Where curl is, and where it finds certificates; none of our keys.
  private static let environment = ProcessInfo.processInfo.environment.filter {
    ["PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE"].contains($0.key)
  }
}
