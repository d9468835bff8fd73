import AuthFunction
import Backend
import Foundation
import Operations
import StatsFunction
import Testing

/// What our functions in SQL say in words, and what Swift reads it as: neither side can get a word that the other lacks.
@Suite struct OutcomeTests {
  /// - Returns: the files of all functions by name, without their comments.
  private static func functions() throws -> [String: String] {
    let folder = Database.root.appending(path: "sql/functions")
    var functions: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where path.hasSuffix(".sql") {
      let file = folder.appending(path: path)
      functions[file.deletingPathExtension().lastPathComponent] = try String(contentsOf: file, encoding: .utf8)
        .replacing(/--.*/, with: "")
    }
    return functions
  }

  private static func words<Word: CaseIterable & RawRepresentable<String>>(_ type: Word.Type) -> Set<String> {
    Set(type.allCases.map(\.rawValue))
  }

  private static func words(in text: some StringProtocol, _ pattern: Regex<(Substring, Substring)>) -> Set<String> {
    Set(String(text).matches(of: pattern).map { String($0.output.1) })
  }

  // MARK: - Answers

  private static let outcomes: [(functions: [String], words: Set<String>)] = [
    (["add_admin"], words(Admins.Addition.self)),
    (["claim_challenge"], words(ClaimOutcome.self)),
    (["confirm_address"], words(ConfirmAddressOutcome.self)),
    (["find_device_grant", "decide_device_grant"], words(UserCodeOutcome.self)),
    (["make_api_key"], words(MakeKeyOutcome.self)),
    (["poll_device_grant"], words(PollOutcome.self)),
    (["rotate_refresh", "judge_refresh"], words(RefreshOutcome.self)),
    (["sign_in"], words(SignInOutcome.self)),
    (["undo_merge"], words(UndoOutcome.self)),
  ]

  /// The words that a function gives to `outcome` or compares it with, in the statements that speak of it.
  @Test func `every outcome that SQL answers is one that Swift knows, and the other way round`() throws {
    let texts = try OutcomeTests.functions()
    for (functions, words) in OutcomeTests.outcomes {
      let answered = try functions.reduce(into: Set<String>()) { answered, function in
        for statement in try #require(texts[function]).split(separator: ";") where statement.contains("outcome") {
          answered.formUnion(
            OutcomeTests.words(in: statement, /(?:outcome (?::=|=|<>)|THEN|ELSE|SELECT) '([a-z_ ]+)'/))
        }
      }
      #expect(answered == words, "\(functions)")
    }
  }

  @Test func `the preview of a merge has the parts that Swift knows`() throws {
    let text = try #require(try OutcomeTests.functions()["preview_pairing"])
    #expect(
      OutcomeTests.words(in: text, /(?:RETURN QUERY SELECT|part :=) '([a-z]+)'/)
        == OutcomeTests.words(StandingPart.self))
  }

  // MARK: - Refusals

  /// The messages that are raised with a code; and which functions raise it with one that they were given.
  private static func raised(_ code: String) throws -> (messages: Set<String>, passedOnBy: Set<String>) {
    var (messages, passedOnBy): (Set<String>, Set<String>) = ([], [])
    for (name, text) in try functions() {
      for statement in text.split(separator: ";") where statement.contains("ERRCODE = '\(code)'") {
        let literal = words(in: statement, /RAISE EXCEPTION '([^']+)'/)
        messages.formUnion(literal)
        if literal.isEmpty { passedOnBy.insert(name) }
      }
    }
    return (messages, passedOnBy)
  }

  @Test func `every reason for a token's refusal is one that Swift knows, and the other way round`() throws {
    let (messages, passedOnBy) = try OutcomeTests.raised("BM401")
    #expect(messages == OutcomeTests.words(Unwelcome.self) && passedOnBy == [])
  }

  @Test func `every conflict that SQL raises is one that Swift knows, and the other way round`() throws {
    let (messages, passedOnBy) = try OutcomeTests.raised("BM409")
    #expect(passedOnBy == ["merge_accounts"])
    let refusals = OutcomeTests.words(
      in: try #require(try OutcomeTests.functions()["merge_refusal"]), /RETURN '([^']+)'/)
    #expect(messages.union(refusals) == OutcomeTests.words(Conflict.self))
  }
}
