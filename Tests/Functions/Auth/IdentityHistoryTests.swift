import Foundation
import Postgres
import TestSupport
import Testing

/// Merges, undos, sign-outs, revoked machines, changed and reset passwords, keys, codes, grants and second factors in any
/// order: which credential opens which account is what a small model says.
///
/// `BREATH_IDENTITY_HISTORIES=10000` plays so many.
@Suite struct IdentityHistoryTests {
  private static let histories =
    ProcessInfo.processInfo.environment["BREATH_IDENTITY_HISTORIES"].flatMap(UInt64.init) ?? 60

  /// The first history that differs from the model.
  private func firstDifference(
    in database: ScratchDatabase, of histories: UInt64, _ steps: inout Int
  ) throws -> String? {
    for seed in 1...histories {
      var history = IdentityHistory(seed, try IdentityWorld(database))
      try history.play()
      steps += history.steps.count
      if let difference = history.differences.first {
        return "seed \(seed): \(difference); after \(history.steps.suffix(12).joined(separator: " | "))"
      }
    }
    return nil
  }

  @Test func `every credential opens what the model says, after any history`() throws {
    let database = try ScratchDatabase()
    try IdentityWorld.prepare(database)
    var steps = 0
    let difference = try firstDifference(in: database, of: IdentityHistoryTests.histories, &steps)
    #expect(difference == nil)
    print("identity histories: \(IdentityHistoryTests.histories) from seed 1, \(steps) answers compared")
  }

  /// What was wrong once, put back: the model must notice, or it shows nothing.
  @Test(arguments: IdentityFault.allCases) func `a planted fault is found`(fault: IdentityFault) throws {
    let database = try ScratchDatabase()
    try IdentityWorld.prepare(database)
    try fault.plant(in: database)
    var steps = 0
    let difference = try firstDifference(in: database, of: 400, &steps)
    #expect(difference != nil, "\(fault)")
  }
}

/// Each of the faults that were found in use, as a function's body from before it was mended, or as near as today's
/// signatures let it come.
enum IdentityFault: CaseIterable, Sendable {
  case passwordForgetsCodes, codeOutlivesSession, anonymousProofTakesHash, addressWithoutProof, keyOutlivesPassword
  case keyOutlivesMaker, retentionTakesLogins

  func plant(in database: ScratchDatabase) throws {
    for definition in try definitions {
      try database.connect().run(PostgresScript(trustedText: definition))
    }
  }

  private var definitions: [String] {
    get throws {
      switch self {
      case .passwordForgetsCodes:
        [
          """
          CREATE OR REPLACE FUNCTION breath.code_subject(p_account uuid, p_kind text) RETURNS bytea LANGUAGE sql STABLE
          AS $$ SELECT sha256(('proof ' || p_account)::bytea) $$;
          """
        ]
      case .codeOutlivesSession: [try planted("end_sessions")]
      case .anonymousProofTakesHash:
        [
          try today("auth/begin_proof")
            .replacing("AND password_hash IS NOT NULL AND (p_code_hash IS NULL OR has_code)", with: "")
        ]
      case .addressWithoutProof:
        [
          """
          CREATE OR REPLACE FUNCTION breath.has_secret(p_account uuid, p_device uuid, p_secret_hash bytea)
          RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT true $$;
          """
        ]
      case .keyOutlivesPassword: [try planted("set_password")]
      case .keyOutlivesMaker:
        [try planted("revoke_devices"), try planted("begin_key_request")]
      case .retentionTakesLogins:
        [try planted("erase_unseen_accounts")]
      }
    }
  }

  /// A function as it was before it was mended.
  private func planted(_ name: String) throws -> String {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Planted")
    return try String(contentsOf: folder.appending(path: "\(name).sql"), encoding: .utf8)
  }

  /// - Parameter name: with its folder in `sql/functions`.
  private func today(_ name: String) throws -> String {
    try String(contentsOf: ScratchDatabase.sql.appending(path: "functions/\(name).sql"), encoding: .utf8)
  }
}
