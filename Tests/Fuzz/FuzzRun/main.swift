import CLibFuzzer
import Foundation
import FuzzTargets
import Synchronization

// fuzz: libFuzzer on the target that BREATH_FUZZ_TARGET names, with libFuzzer's own arguments (it starts itself again with
// others when it makes a crash smaller). `fuzz --seeds FOLDER` writes the target's seeds there instead.

/// Runs a task where it is waited for: libFuzzer's callback returns when its input is done, and a second thread would only
/// cost time.
final class InlineExecutor: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
  }

  func runAll() {
    while let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
      unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}

let name = ProcessInfo.processInfo.environment["BREATH_FUZZ_TARGET"] ?? ""
guard let target = FuzzTarget(rawValue: name) else {
  fatalError("BREATH_FUZZ_TARGET must be one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
}

if CommandLine.arguments.dropFirst().first == "--seeds", let folder = CommandLine.arguments.last {
  for (number, seed) in try target.seeds().enumerated() {
    try Data(seed).write(to: URL(filePath: folder).appending(path: "seed-\(number)"))
  }
  exit(0)
}

let executor = InlineExecutor()
nonisolated(unsafe) let check = target.check()

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
exit(
  unsafe LLVMFuzzerRunDriver(&count, &arguments) { bytes, size in
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: size))
    Task(executorPreference: executor) {
      do { unsafe try await check(input) } catch { fatalError("\(error)") }
    }
    executor.runAll()
    return 0
  })
