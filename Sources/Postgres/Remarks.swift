internal import CLibpq

/// What our own SQL remarks beside its answers, as RAISE WARNING does with a SQLSTATE of ours (BM…): fixed texts that carry
/// no value. What the server says on its own account is left aside.
@safe final class Remarks {
  private var texts: [String] = []

  /// Each once, and none of them again.
  func take() -> [String] {
    defer { texts = [] }
    return texts
  }

  fileprivate func add(_ text: String) {
    if !texts.contains(text) { texts.append(text) }
  }

  /// - Parameter handle: must not outlive these remarks.
  func listen(to handle: OpaquePointer) {
    let listener = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe PQsetNoticeReceiver(
      handle,
      { listener, result in
        guard let listener = unsafe listener, let result = unsafe result else { return }
        func field(_ code: Unicode.Scalar) -> String? {
          unsafe PQresultErrorField(result, Int32(code.value)).map { unsafe String(cString: $0) }
        }
        guard field("C")?.hasPrefix("BM") == true, let text = field("M") else { return }
        unsafe Unmanaged<Remarks>.fromOpaque(listener).takeUnretainedValue().add(text)
      }, listener)
  }
}
