import Foundation

/// base64url by another library than ours.
func base64URL(_ data: Data) -> String {
  data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}

func base64URLBytes(_ text: String) -> [UInt8]? {
  let standard = text.replacing("-", with: "+").replacing("_", with: "/")
  return Data(base64Encoded: standard + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)).map { Array($0) }
}
