import FuzzTargets
import StrictJSON
import TestSupport
import Testing

/// What the fuzzer holds, on every run of the tests: the same numbers for the same seed, and no instrumentation.
@Suite struct ArbitraryInputTests {
  private static let inputs = 20_000

  /// A quarter each: bytes from nothing, JSON from nothing, real input with damaged bytes, real input with one value wrong.
  private static func input(from seeds: [[UInt8]], _ trees: [JSON], _ random: inout Seeded) -> [UInt8] {
    let isTree = !trees.isEmpty && Bool.random(using: &random)
    switch (isTree, Int.random(in: 0..<4, using: &random)) {
    case (false, 0): return AnyBytes.any(&random)
    case (true, 0): return AnyJSON.value(&random).encoded
    case (true, _): return AnyJSON.mutated(random.pick(trees), &random).encoded
    case (false, _): return AnyBytes.mutated(random.pick(seeds), with: random.pick(seeds), &random)
    }
  }

  @Test(arguments: FuzzTarget.allCases) func `no input breaks what its reader promises`(target: FuzzTarget) async throws
  {
    let seeds = try target.seeds()
    let trees = seeds.compactMap { try? JSON(parsing: $0, limits: .trusted) }
    let check = target.check()
    try await check([])
    for (number, seed) in seeds.enumerated() {
      await #expect(throws: Never.self, "seed \(number)") { try await check(seed) }
    }
    for number in 0..<ArbitraryInputTests.inputs {
      var random = Seeded(20_261_124 &+ UInt64(number))
      let input = ArbitraryInputTests.input(from: seeds, trees, &random)
      do { try await check(input) } catch {
        Issue.record("\(error): input \(number), \(String(decoding: input.prefix(500), as: UTF8.self))")
        return
      }
    }
  }
}
