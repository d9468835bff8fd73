import Foundation

/// Who may do what, as docs/identity.md promises it: which credential opens which account.
struct IdentityModel {
  struct Count {
    private(set) var failures = 0
    /// Counts one, unless it comes during a lock. None of a history's locks ends while it runs.
    mutating func attempt() -> Bool {
      if failures >= 5 { return true }
      failures += 1
      return false
    }
  }

  struct Account {
    let id = UUID()
    var address: String?
    var password: String?
    /// The secret of a second factor, and whether it is on.
    var factor: String?
    var factorIsOn = false
    var steps = 0
    var signIns = Count(), proofs = Count(), codes = Count(), resets = Count()
    /// The one claim of an address, and the one reset token, that are open.
    var claim: (token: String, maker: Int, address: String, password: String)?
    var resetToken: String?
    var tokens: [String] = []

    var proofSubject: String { "sha256('proof \(id.uuidString.lowercased())')" }
  }

  struct Machine {
    let id = UUID()
    let secret: String
    var account: Int
    var generation = 1
    var isRevoked = false
    /// Of an API key, which is a machine too.
    var maker: Int?
  }

  /// What a machine left behind: a pairing code, or a grant that it approved.
  struct Offer {
    let hash: String
    let maker: Int
    let isGrant: Bool
    var isOpen = true
  }

  struct Token {
    let machine: Int, account: Int, generation: Int
  }

  struct Merge {
    let id: String
    let source: Int, target: Int
    let machines: [Int]
  }

  var accounts: [Account] = []
  var machines: [Machine] = []
  var offers: [Offer] = []
  var tokens: [Token] = []
  /// By machine, with the account that the key's text names.
  var keys: [(machine: Int, account: Int, hash: String)] = []
  /// One that is not undone. A history has one merge at most.
  var merge: Merge?
  var hadMerge = false
  var oldPasswords: [(account: Int, password: String)] = []
  /// How many passwords were hashed, or would have been.
  var charges = 0

  func isWelcome(_ machine: Int, in account: Int) -> Bool {
    machines[machine].account == account && !machines[machine].isRevoked
  }

  func opens(_ token: Token) -> Bool {
    isWelcome(token.machine, in: token.account) && machines[token.machine].generation == token.generation
  }

  func opens(key: (machine: Int, account: Int, hash: String)) -> Bool {
    guard let maker = machines[key.machine].maker else { return false }
    return isWelcome(key.machine, in: key.account) && isWelcome(maker, in: key.account)
  }

  /// Machines, without keys.
  func machines(of account: Int) -> [Int] {
    machines.indices.filter { machines[$0].account == account && machines[$0].maker == nil }
  }

  // MARK: - What ends what

  mutating func endOffers(of ended: [Int], in account: Int) {
    for index in offers.indices where ended.contains(offers[index].maker) { offers[index].isOpen = false }
    if let claim = accounts[account].claim, ended.contains(claim.maker) { accounts[account].claim = nil }
    accounts[account].resetToken = nil
  }

  mutating func endSessions(of ended: [Int], in account: Int) {
    for machine in ended { machines[machine].generation += 1 }
    endOffers(of: ended, in: account)
  }

  mutating func revoke(_ ended: [Int], in account: Int) {
    endSessions(of: ended, in: account)
    for index in machines.indices where machines[index].account == account {
      let isOfEnded = machines[index].maker.map { ended.contains($0) } ?? false
      if ended.contains(index) || isOfEnded { machines[index].isRevoked = true }
    }
  }

  /// - Parameter by: stays signed in; nil for a reset.
  mutating func setPassword(_ password: String, of account: Int, by machine: Int?) {
    if let old = accounts[account].password { oldPasswords.append((account, old)) }
    accounts[account].password = password
    let all = machines.indices.filter { machines[$0].account == account }
    endSessions(of: all.filter { $0 != machine }, in: account)
    endOffers(of: all, in: account)
    revoke(all.filter { machines[$0].maker != nil }, in: account)
    if !accounts[account].factorIsOn { accounts[account].factor = nil }
    accounts[account].signIns = Count()
  }
}
