import Foundation
import TestSupport
import Testing

/// One history of two people, their machines, and whoever has one of those: what the database answers is what the model
/// says, step by step, and in the end for every credential there ever was.
struct IdentityHistory {
  private let world: IdentityWorld
  private var model = IdentityModel()
  private var random: Seeded
  /// Of somebody who guesses codes, rather than of all that there is.
  private let guesses: Bool
  private(set) var differences: [String] = []
  private(set) var steps: [String] = []

  init(_ seed: UInt64, _ world: IdentityWorld) {
    random = Seeded(seed)
    guesses = seed % 3 == 0
    self.world = world
  }

  mutating func play() throws {
    for _ in 0..<2 { try enrol() }
    while guesses, model.accounts[0].password == nil { try register(0) }
    while guesses, !model.accounts[0].factorIsOn { try secondFactor(0) }
    for _ in 0..<Int.random(in: 10...30, using: &random) where differences.isEmpty {
      if guesses, random.number(0...5) > 0 { try guess() } else { try step() }
    }
    try checkCredentials()
    try expect("charges", world.charges(), "\(model.charges)")
    if random.number(0...3) == 0, differences.isEmpty { try growOld() }
  }

  private mutating func step() throws {
    switch random.number(0...17) {
    case 0: try signIn(anyMachine())
    case 1: try signOut(anyMachine())
    case 2, 3: try makeCode(anyMachine())
    case 4: try join()
    case 5: try mergeByCode()
    case 6: try undo()
    case 7, 8: try register(anyMachine())
    case 9: try logIn()
    case 10: try changePassword(anyMachine())
    case 11: try reset()
    case 12: try makeKey(anyMachine())
    case 13: try revoke()
    case 14, 15: try secondFactor(anyMachine())
    case 16: try approve(anyMachine())
    default: try prove(anyMachine())
    }
  }

  private mutating func guess() throws {
    switch random.number(0...5) {
    case 0...2: try secondFactor(anyMachine())
    case 3: try logIn()
    case 4: try changePassword(anyMachine())
    default: try reset()
    }
  }

  private mutating func expect(_ what: String, _ found: String, _ expected: String) throws {
    steps.append("\(what): \(found)")
    if found != expected { differences.append("\(what): \(found), and should be \(expected)") }
  }

  private mutating func anyMachine() -> Int {
    random.pick(model.machines.indices.filter { model.machines[$0].maker == nil })
  }

  /// A coin that mostly falls on the right side.
  private mutating func isRight() -> Bool { random.number(0...2) > 0 }

  private func text(_ account: Int) -> String { model.accounts[account].id.uuidString.lowercased() }
}

// MARK: - Machines

extension IdentityHistory {
  private func uuid(_ machine: Int) -> String { "'\(model.machines[machine].id.uuidString)'" }
  private func account(of machine: Int) -> String { "'\(text(model.machines[machine].account))'" }

  private mutating func enrol() throws {
    model.accounts.append(.init())
    let (account, secret) = (model.accounts.count - 1, world.newHash())
    model.machines.append(.init(secret: secret, account: account))
    try signIn(model.machines.count - 1)
  }

  private func enrolment(_ machine: Int) -> String {
    """
    SELECT account || ' ' || generation FROM breath.enrol_device(
      \(uuid(machine)), \(model.machines[machine].secret), \(account(of: machine)), 'x', 'UTC', gen_random_uuid())
    """
  }

  private func expectedEnrolment(_ machine: Int) -> String {
    let known = model.machines[machine]
    return known.isRevoked ? "BM401" : "\(text(known.account)) \(known.generation)"
  }

  private mutating func signIn(_ machine: Int) throws {
    try expect("sign in \(machine)", world.ask(enrolment(machine)), expectedEnrolment(machine))
    noteToken(machine)
  }

  private mutating func noteToken(_ machine: Int) {
    let known = model.machines[machine]
    model.tokens.append(.init(machine: machine, account: known.account, generation: known.generation))
  }

  private mutating func signOut(_ machine: Int) throws {
    guard !model.machines[machine].isRevoked else { return }
    _ = try world.ask(
      "SELECT breath.end_sessions(\(account(of: machine)), ARRAY[\(uuid(machine))]::uuid[], 'logout')::text")
    steps.append("sign out \(machine)")
    model.endSessions(of: [machine], in: model.machines[machine].account)
  }

  private mutating func revoke() throws {
    let machine = anyMachine()
    let others = model.machines(of: model.machines[machine].account).filter { $0 != machine }
    guard !others.isEmpty else { return }
    _ = try world.ask("SELECT breath.revoke_devices(\(account(of: machine)), ARRAY[\(uuid(machine))]::uuid[])::text")
    steps.append("revoke \(machine)")
    model.revoke([machine], in: model.machines[machine].account)
  }

  private mutating func makeKey(_ machine: Int) throws {
    guard !model.machines[machine].isRevoked else { return }
    let (account, hash) = (model.machines[machine].account, world.newHash())
    model.machines.append(.init(secret: hash, account: account, maker: machine))
    let key = model.machines.count - 1
    let made = try world.ask(
      """
      SELECT breath.make_api_key(\(self.account(of: machine)), \(uuid(machine)), \(uuid(key)), \(hash), 'x',
        ARRAY['sync'], now() + interval '1 year')
      """)
    try expect("key of \(machine)", made, "made")
    model.keys.append((key, account, hash))
  }
}

// MARK: - Offers

extension IdentityHistory {
  private mutating func makeCode(_ machine: Int) throws {
    guard !model.machines[machine].isRevoked else { return }
    let hash = world.newHash()
    let made = try world.ask(
      """
      INSERT INTO breath.pairing_codes (code_hash, account_id, device_id, expires_at)
      VALUES (\(hash), \(account(of: machine)), \(uuid(machine)), now() + interval '10 minutes') RETURNING 'made'
      """)
    try expect("code of \(machine)", made, "made")
    model.offers.append(.init(hash: hash, maker: machine, isGrant: false))
  }

  private mutating func approve(_ machine: Int) throws {
    guard !model.machines[machine].isRevoked else { return }
    let (deviceCode, userCode) = (world.newHash(), world.newHash())
    let begun = try world.ask(
      """
      SELECT breath.begin_device_grant(\(deviceCode), \(userCode), 'x', 'x', gen_random_uuid(), \(world.newHash()), 'x',
        'UTC', now() + interval '10 minutes')::text
      """)
    try expect("grant", begun, "true")
    let decided = try world.ask(
      """
      SELECT outcome FROM breath.decide_device_grant(
        \(userCode), ARRAY[\(world.newHash())], ARRAY[5], 'approve', \(account(of: machine)), \(uuid(machine)))
      """)
    try expect("approval by \(machine)", decided, "found")
    model.offers.append(.init(hash: deviceCode, maker: machine, isGrant: true))
  }

  private func redemption(_ offer: IdentityModel.Offer, by device: String, _ secret: String) -> String {
    """
    SELECT account || ' ' || coalesce(merge::text, '-') FROM breath.redeem_pairing(
      \(offer.hash), \(device), \(secret), 'x', 'UTC', gen_random_uuid())
    """
  }

  private mutating func join() throws {
    guard let index = openOrNot() else { return }
    let offer = model.offers[index]
    let machine = IdentityModel.Machine(secret: world.newHash(), account: model.machines[offer.maker].account)
    let found = try world.ask(redemption(offer, by: "'\(machine.id.uuidString)'", machine.secret))
    try expect("join by \(index)", found, offer.isOpen ? "\(text(machine.account)) -" : "none")
    guard offer.isOpen else { return }
    model.offers[index].isOpen = false
    model.machines.append(machine)
    noteToken(model.machines.count - 1)
  }

  private mutating func openOrNot() -> Int? {
    let codes = model.offers.indices.filter { !model.offers[$0].isGrant }
    return codes.isEmpty ? nil : random.pick(codes)
  }

  /// A machine of the other account brings that one along.
  private mutating func mergeByCode() throws {
    guard !model.hadMerge, let index = openOrNot(), model.offers[index].isOpen else { return }
    let offer = model.offers[index]
    let target = model.machines[offer.maker].account
    let others = model.machines.indices.filter {
      model.machines[$0].maker == nil && model.machines[$0].account != target
    }
    guard !others.isEmpty else { return }
    let machine = random.pick(others)
    let source = model.machines[machine].account
    let found = try world.ask(redemption(offer, by: uuid(machine), model.machines[machine].secret))
    guard !model.machines[machine].isRevoked else { return try expect("merge by revoked", found, "BM401") }
    guard model.accounts[source].password == nil else { return try expect("merge of a login", found, "BM409") }
    let words = found.split(separator: " ").map(String.init)
    try expect("merge of \(source) into \(target)", words.first ?? "", text(target))
    guard words.count == 2 else { return }
    model.offers[index].isOpen = false
    model.hadMerge = true
    let moved = model.machines.indices.filter { model.machines[$0].account == source }
    model.merge = .init(id: words[1], source: source, target: target, machines: moved)
    for machine in moved { model.machines[machine].account = target }
    noteToken(machine)
  }

  private mutating func undo() throws {
    guard let merge = model.merge else { return }
    let callers = model.machines(of: merge.target).filter { !model.machines[$0].isRevoked }
    guard !callers.isEmpty else { return }
    let caller = random.pick(callers)
    let found = try world.ask(
      """
      SELECT outcome FROM breath.undo_merge(
        '\(text(merge.target))', \(uuid(caller)), \(model.machines[caller].generation), '\(merge.id)')
      """)
    try expect("undo by \(caller)", found, "undone")
    for machine in merge.machines where model.machines[machine].account == merge.target {
      model.machines[machine].account = merge.source
    }
    model.merge = nil
  }
}

// MARK: - Logins

extension IdentityHistory {
  private func proof(_ account: Int, _ machine: Int) -> String {
    """
    SELECT coalesce(password_hash, 'none') || ' ' || is_locked FROM breath.begin_proof(
      '\(text(account))', \(uuid(machine)), \(model.accounts[account].proofSubject), NULL, \(world.limits))
    """
  }

  /// A password on a signed-in machine. What is counted of passwords is forgotten by whatever the proof was for.
  private mutating func proves(_ machine: Int, isRight: Bool) throws -> Bool {
    let account = model.machines[machine].account
    let stored = model.accounts[account].password
    let isLocked = model.accounts[account].proofs.attempt()
    if stored != nil { model.charges += 1 }
    let found = try world.ask(proof(account, machine))
    try expect("proof on \(machine)", found, "\(stored ?? "none") \(isLocked)")
    return isRight && stored != nil && !isLocked
  }

  /// Only tries, as somebody who guesses.
  private mutating func prove(_ machine: Int) throws {
    guard !model.machines[machine].isRevoked else { return }
    _ = try proves(machine, isRight: false)
  }

  private mutating func register(_ machine: Int) throws {
    guard !model.machines[machine].isRevoked else { return }
    let account = model.machines[machine].account
    if let claim = model.accounts[account].claim, isRight() { return try confirm(claim, account) }
    let isRight = isRight()
    let secret = isRight ? model.machines[machine].secret : world.newHash()
    let begun = try world.ask(
      """
      SELECT is_proven || ' ' || has_login FROM breath.begin_registration(
        '\(text(account))', \(uuid(machine)), \(secret), '\\x01', \(world.limits))
      """)
    let hasLogin = model.accounts[account].password != nil
    try expect("register on \(machine)", begun, "\(isRight) \(hasLogin)")
    guard isRight, !hasLogin else { return }
    model.charges += 1
    let (token, address) = (world.newHash(), world.newHash())
    let password = "first password of \(account)"
    _ = try world.ask(
      """
      SELECT breath.claim_address('\(text(account))', \(uuid(machine)), \(token), \(address), '\\x01', '\(password)',
        now() + interval '20 minutes', \(IdentityWorld.mail), '\\x01')::text
      """)
    model.accounts[account].claim = (token, machine, address, password)
    model.accounts[account].tokens.append(token)
  }

  private mutating func confirm(
    _ claim: (token: String, maker: Int, address: String, password: String), _ account: Int
  ) throws {
    let found = try world.ask("SELECT outcome FROM breath.confirm_address('\(text(account))', \(claim.token))")
    try expect("confirm of \(account)", found, "confirmed")
    model.accounts[account].address = claim.address
    model.accounts[account].password = claim.password
    model.accounts[account].claim = nil
  }

  private mutating func changePassword(_ machine: Int) throws {
    guard !model.machines[machine].isRevoked, try proves(machine, isRight: isRight()) else { return }
    let account = model.machines[machine].account
    let (old, new) = (model.accounts[account].password ?? "", "password \(world.newHash().dropFirst(8).dropLast(2))")
    let found = try world.ask(
      """
      SELECT is_done::text FROM breath.change_password('\(text(account))', \(uuid(machine)),
        \(model.accounts[account].proofSubject), '\(old)', NULL, '\(new)', \(IdentityWorld.mail))
      """)
    try expect("change on \(machine)", found, "true")
    model.setPassword(new, of: account, by: machine)
    model.accounts[account].proofs = .init()
  }

  private mutating func reset() throws {
    let account = Int(random.number(0...Int64(model.accounts.count - 1)))
    guard let address = model.accounts[account].address else { return }
    let subject = "sha256('reset \(text(account))')"
    guard let token = model.accounts[account].resetToken, isRight() else {
      let token = world.newHash()
      _ = try world.ask(
        """
        SELECT breath.request_reset(\(subject), \(address), \(token), now() + interval '20 minutes',
          \(IdentityWorld.mail))::text
        """)
      steps.append("reset of \(account) asked for")
      if !model.accounts[account].resets.attempt() { model.accounts[account].resetToken = token }
      model.accounts[account].tokens.append(token)
      return
    }
    let open = try world.ask("SELECT is_open::text FROM breath.begin_reset(\(address), \(token), \(world.limits))")
    try expect("reset token of \(account)", open, "true")
    model.charges += 1
    let new = "password \(world.newHash().dropFirst(8).dropLast(2))"
    let found = try world.ask(
      """
      SELECT is_done::text FROM breath.reset_password(
        \(subject), \(address), \(token), '\(new)', \(IdentityWorld.mail))
      """)
    try expect("reset of \(account)", found, "true")
    model.setPassword(new, of: account, by: nil)
    model.accounts[account].resets = .init()
  }

  private func signInCall(_ account: Int, _ device: String, _ secret: String, step: Int) -> String {
    let known = model.accounts[account]
    let factor = known.factorIsOn ? "\(known.factor ?? "NULL"), \(step), NULL" : "NULL, NULL, NULL"
    return """
      SELECT coalesce(generation::text, 'none') FROM breath.complete_login('\(text(account))', \(known.address ?? "NULL"),
        '\(known.password ?? "")', NULL, \(device), \(secret), 'x', 'UTC', gen_random_uuid(), \(factor))
      """
  }

  private mutating func logIn() throws {
    let account = Int(random.number(0...Int64(model.accounts.count - 1)))
    guard let address = model.accounts[account].address, let password = model.accounts[account].password else { return }
    model.charges += 1
    let isLocked = model.accounts[account].signIns.attempt()
    let begun = try world.ask(
      "SELECT password_hash || ' ' || is_locked FROM breath.begin_login(\(address), \(world.limits))")
    try expect("sign-in to \(account)", begun, "\(password) \(isLocked)")
    guard isRight(), !isLocked else { return }
    if model.accounts[account].factorIsOn, try !isCodeGood(account, isSignedIn: false) { return }
    let machine = IdentityModel.Machine(secret: world.newHash(), account: account)
    model.accounts[account].steps += 1
    let call = signInCall(
      account, "'\(machine.id.uuidString)'", machine.secret, step: model.accounts[account].steps)
    try expect("sign-in to \(account) done", world.ask(call), "1")
    model.accounts[account].signIns = .init()
    if model.accounts[account].factorIsOn { model.accounts[account].codes = .init() }
    model.machines.append(machine)
    noteToken(model.machines.count - 1)
  }
}

// MARK: - Second factors

extension IdentityHistory {
  /// A code after the right password: counted, then right or wrong, as it falls.
  private mutating func isCodeGood(_ account: Int, isSignedIn: Bool) throws -> Bool {
    let subject = isSignedIn ? model.accounts[account].proofSubject : "NULL"
    let isLocked = model.accounts[account].codes.attempt()
    if isSignedIn { model.accounts[account].proofs = .init() }
    let counted = try world.ask(
      "SELECT is_locked::text FROM breath.begin_code('\(text(account))', 'totp', \(subject))")
    try expect("code of \(account)", counted, "\(isLocked)")
    let isRight = guesses ? random.number(0...3) == 0 : isRight()
    return isRight && !isLocked
  }

  private mutating func secondFactor(_ machine: Int) throws {
    guard !model.machines[machine].isRevoked, try proves(machine, isRight: true) else { return }
    let account = model.machines[machine].account
    if model.accounts[account].factorIsOn, random.number(0...3) > 0 { return try turnOff(account) }
    try offer(account, confirming: machine)
  }

  /// As `POST /totp` does, also where one is on: then nothing but the count of passwords is forgotten.
  private mutating func offer(_ account: Int, confirming machine: Int) throws {
    let secret = world.newHash()
    let subject = model.accounts[account].proofSubject
    _ = try world.ask("DELETE FROM breath.login_attempts WHERE subject = \(subject) RETURNING ''")
    model.accounts[account].proofs = .init()
    let stored = try world.ask(
      """
      INSERT INTO breath.second_factors AS f (account_id, secret) VALUES ('\(text(account))', \(secret))
      ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret WHERE f.confirmed_at IS NULL RETURNING 'stored'
      """)
    try expect("factor of \(account)", stored, model.accounts[account].factorIsOn ? "none" : "stored")
    guard !model.accounts[account].factorIsOn else { return }
    model.accounts[account].factor = secret
    guard isRight() else { return }
    model.accounts[account].steps += 1
    let confirmed = try world.ask(
      """
      SELECT is_done::text FROM breath.confirm_second_factor('\(text(account))', \(uuid(machine)), \(secret),
        \(model.accounts[account].steps), \(IdentityWorld.mail))
      """)
    try expect("factor of \(account) on", confirmed, "true")
    model.accounts[account].factorIsOn = true
  }

  private mutating func turnOff(_ account: Int) throws {
    guard try isCodeGood(account, isSignedIn: true) else { return }
    model.accounts[account].steps += 1
    let known = model.accounts[account]
    let found = try world.ask(
      """
      SELECT is_done::text FROM breath.turn_off_second_factor('\(text(account))', \(known.proofSubject),
        \(known.factor ?? "NULL"), \(known.steps), NULL, \(IdentityWorld.mail))
      """)
    try expect("factor of \(account) off", found, "true")
    model.accounts[account].factor = nil
    model.accounts[account].factorIsOn = false
    model.accounts[account].codes = .init()
  }
}

// MARK: - In the end

extension IdentityHistory {
  /// Every credential that was ever given out opens what it should, or nothing. Nothing is changed by asking.
  private mutating func checkCredentials() throws {
    for machine in model.machines.indices where model.machines[machine].maker == nil {
      try expect("secret of \(machine)", world.probe(enrolment(machine)), expectedEnrolment(machine))
    }
    for token in model.tokens {
      let found = try world.probe(
        """
        SELECT 'in' FROM breath.begin_token_request('\(IdentityWorld.tenant)', '\(text(token.account))',
          \(uuid(token.machine)), \(token.generation), false, '\(world.everybody)01', 1, 1000000)
        """)
      try expect("token \(token)", found, model.opens(token) ? "in" : "BM401")
    }
    for key in model.keys {
      let found = try world.probe(
        """
        SELECT 'in' FROM breath.begin_key_request('\(text(key.account))', \(uuid(key.machine)), \(key.hash), 'sync',
          false, '\(world.everybody)01', 1, 1000000)
        """)
      try expect("key \(key.machine)", found, model.opens(key: key) ? "in" : "BM40K")
    }
    try checkOffers()
    for account in model.accounts.indices { try checkLogin(account) }
  }

  private mutating func checkOffers() throws {
    for (index, offer) in model.offers.enumerated() {
      let account = text(model.machines[offer.maker].account)
      if offer.isGrant {
        let found = try world.probe(
          "SELECT coalesce(account::text, outcome) FROM breath.poll_device_grant(\(offer.hash), gen_random_uuid())")
        try expect("grant \(index)", found, offer.isOpen ? account : "access_denied")
      } else {
        let found = try world.probe(redemption(offer, by: "gen_random_uuid()", world.newHash()))
        try expect("code \(index)", found, offer.isOpen ? "\(account) -" : "none")
      }
    }
  }

  private mutating func checkLogin(_ account: Int) throws {
    let known = model.accounts[account]
    for token in known.tokens {
      let isOpen = known.resetToken == token || known.claim?.token == token
      let found = try world.probe(
        """
        SELECT (EXISTS (SELECT FROM breath.email_claims WHERE token_hash = \(token)) OR EXISTS (
          SELECT FROM breath.password_resets WHERE token_hash = \(token)))::text
        """)
      try expect("mailed token of \(account)", found, "\(isOpen)")
    }
    guard let address = known.address else { return }
    let stored = try world.probe("SELECT password_hash FROM breath.begin_login(\(address), \(world.limits))")
    try expect("password of \(account)", stored, known.password ?? "none")
    for old in model.oldPasswords where old.account == account && old.password == stored {
      differences.append("an old password of \(account) still opens it")
    }
    let call = signInCall(account, "gen_random_uuid()", world.newHash(), step: known.steps + 1)
    try expect("sign-in to \(account)", world.probe(call), "1")
  }

  /// Two years and more go by, and nobody comes.
  private mutating func growOld() throws {
    for account in model.accounts.indices {
      _ = try world.ask(
        """
        UPDATE breath.accounts SET last_seen_on = current_date - 800 WHERE account_id = '\(text(account))' RETURNING ''
        """)
    }
    for task in ["warn_unseen_accounts", "erase_unseen_accounts"] {
      _ = try world.ask("SELECT breath.\(task)(1000)::text")
    }
    for account in model.accounts.indices {
      let left = try world.ask("SELECT count(*)::text FROM breath.accounts WHERE account_id = '\(text(account))'")
      try expect("old account \(account)", left, model.accounts[account].password == nil ? "0" : "1")
    }
  }
}
