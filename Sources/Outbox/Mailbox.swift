/// Where the mail of an address ends, as far as it is known from outside: what limits of mails count by. Never by which an
/// account is found: whether two addresses are one is for their provider to say.
package struct Mailbox: Hashable, Sendable {
  package let text: String
  let domain: String

  package init(of address: EmailAddress) {
    let local = address.normalized.prefix { $0 != "@" }
    let domain = Mailbox.providers[address.normalizedDomain]
    // What follows the first + is the reader's own at nearly all providers. An address may begin with one.
    var name = local.dropFirst().firstIndex(of: "+").map { local[..<$0] } ?? local
    if domain != nil { name = Substring(name.filter { $0 != "." }) }
    self.domain = domain ?? address.normalizedDomain
    text = "\(name)@\(self.domain)"
  }

  /// Whether strangers share its domain, each with a mailbox of their own. Elsewhere one person may read all of them.
  package var isAtPublicProvider: Bool { Mailbox.publicProviders.contains(domain) }

  private static let publicProviders: Set<String> = [
    "126.com", "163.com", "aol.com", "fastmail.com", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net",
    "hotmail.com",
    "icloud.com", "libero.it", "live.com", "mac.com", "mail.com", "mail.ru", "mailbox.org", "me.com", "msn.com",
    "naver.com", "orange.fr", "outlook.com", "posteo.de", "proton.me", "qq.com", "seznam.cz", "t-online.de", "web.de",
    "yahoo.co.jp", "yahoo.com", "yandex.ru", "zoho.com",
  ]

  /// Providers where dots in a name mean nothing, by each of their domains: the one that stands for all.
  private static let providers = [
    "gmail.com": "gmail.com", "googlemail.com": "gmail.com",
    "proton.me": "proton.me", "protonmail.com": "proton.me", "protonmail.ch": "proton.me", "pm.me": "proton.me",
  ]
}
