import Backend
import FoundationEssentials
import FunctionRuntime
import Outbox
import Postgres

/// The check of a second factor's code, of an account whose password was right.
struct CodeCheck {
  let account: UUID
  /// May repeat its own code; nil where nobody may.
  let device: UUID?
  /// What is counted of passwords and forgotten now; nil at a sign-in, where only both together count.
  var passwordSubject: [UInt8]?
  /// The answer when there is no code.
  let missing: Problem
  /// The answer to a code that is wrong, used, or comes while codes are locked.
  let wrong: () -> Problem
}

/// A code that was counted.
struct CodeAttempt: Sendable {
  let account: UUID
  let isLocked: Bool
  /// In a row, of this kind, this one included.
  let failures: Int32

  /// From the fifth on codes are locked for a while each time; then a mail a day at most.
  var isWorthAMail: Bool { !isLocked && (failures == 5 || failures % 20 == 0) }

  /// Counts a code before it is compared, apart from passwords: knowing the one is no way to more tries of the other.
  static func begin(
    _ kind: SecondFactor.Code.Kind, of account: UUID, passwordSubject: [UInt8]? = nil
  ) -> Pipeline<CodeAttempt> {
    Pipeline(
      "SELECT is_locked, failures FROM breath.begin_code(\(account), \(kind), \(passwordSubject))",
      row: { row in CodeAttempt(account: account, isLocked: try row["is_locked"], failures: try row["failures"]) })
  }
}

extension AuthEndpoint {
  /// The password and, where a second factor is on, its code, of who is signed in. Two pipelines: the password is compared
  /// before the code is counted.
  /// - Parameter device: may repeat its own code.
  /// - Returns: what to use up with whatever this was a proof for.
  func prove(
    _ password: String, _ code: SecondFactor.Code?, by device: DeviceID?, _ signedIn: SignedIn
  ) throws -> SecondFactor.Use {
    let (call, caller) = (signedIn.call, signedIn.caller)
    let vault = try vault(call.services)
    let hashing = HashingLimits(call.limits, call.request, caller)
    let (_, comparison, factor) = try signedIn.write(
      call.limits.admitProof(call.request, caller), Proof.begin(caller, vault, hashing), SecondFactor.find(caller))
    _ = try Proof.password(password).check(comparison, vault, hashing, call)
    let check = CodeCheck(
      account: caller.account.uuid, device: device?.uuid, passwordSubject: vault.subject(provingFor: caller.account),
      missing: .secondFactorMissing, wrong: { .proofFailed })
    return try use(code, of: factor, check, call)
  }

  /// - Returns: what to use up.
  func use(
    _ code: SecondFactor.Code?, of stored: SecondFactor.Stored?, _ check: CodeCheck, _ call: Call
  ) throws -> SecondFactor.Use {
    let vault = try vault(call.services)
    guard let factor = try stored.map({ try SecondFactor($0, vault) }), factor.isOn else { return .notNeeded }
    guard let code else { throw check.missing }
    let attempt = try call.run(
      CodeAttempt.begin(code.kind, of: check.account, passwordSubject: check.passwordSubject))
    guard !attempt.isLocked, var use = factor.use(code, by: check.device, at: call.context.now) else {
      try tellOfWrongCodes(attempt, call)
      throw check.wrong()
    }
    use.attempt = attempt
    return use
  }

  /// Also of a code that only the database could judge.
  /// - Parameter attempt: nil where no code was needed.
  func tellOfWrongCodes(_ attempt: CodeAttempt?, _ call: Call) throws {
    guard let attempt, attempt.isWorthAMail else { return }
    let mail = try SealedMail(vault(call.services))
    try call.run(Pipeline("SELECT breath.tell_of_wrong_codes(\(attempt.account), \(try mail.arguments()))"))
  }
}
