import FunctionRuntime
import Glibc
import StrictJSON
import Testing

/// The whole process: each test runs in a child of its own, with its real descriptors.
@Suite struct ProcessTests {
  @Test func `the end of input is a clean end`() async {
    await #expect(processExitsWith: .exitCode(0)) {
      try provide("", on: 0)
      await Function(name: "test", routes: []).run()
    }
    await #expect(processExitsWith: .exitCode(0)) {
      try provide("", on: 0)
      await Function.run { Function(name: "test", routes: []) }
    }
  }

  @Test func `piped answers go to standard output, what is printed goes to the log`() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(0), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      try provide(#"{"task":"x"}"#, on: 0)
      await Function.run {
        Function(
          name: "test", routes: [],
          onInvocation: { _, _ in
            print("stray")
            fflush(nil)
            return ["done": true]
          })
      }
    }
    let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    let log = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains("{\"done\":true}\n") && !output.contains("stray"))
    #expect(log.contains("stray\n") && log.contains("\"message\":\"answered\""))
  }

  @Test func `the platform gets its answers where it reads them, and sentinels on both logs`() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(0), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      try provide("{\"value\":{\"task\":\"x\"}}\n", on: 0)
      let results = try ScratchFile()
      var world = World()
      world.environment = Environment(["__OW_WAIT_FOR_ACK": "1"])
      try await Function(name: "test", routes: [], onInvocation: { _, _ in ["done": true] })
        .serve(Streams(results: results.descriptor), world: world)  // 3 is Dispatch's here
      try #require(try results.text() == "{\"ok\":true}\n{\"done\":true}\n")
      exit(0)
    }
    for content in [result?.standardOutputContent ?? [], result?.standardErrorContent ?? []] {
      #expect(String(decoding: content, as: UTF8.self).contains("XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n"))
    }
  }

  @Test func `a function that cannot be made, or read, ends with 1 and says why in the log`() async {
    let unmade = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      await Function.run { throw DescriptorError(call: "connect", code: 111) }
    }
    let log = String(decoding: unmade?.standardErrorContent ?? [], as: UTF8.self)
    #expect(log.contains("\"message\":\"function ended\"") && log.contains("connect"))
    await #expect(processExitsWith: .exitCode(1)) {
      close(0)
      await Function(name: "test", routes: []).run()
    }
  }
}

private func provide(_ input: String, on number: Int32) throws {
  let file = try ScratchFile(Array(input.utf8))
  dup2(file.descriptor.number, number)
}
