internal import Backend
internal import FoundationEssentials
internal import Glibc
internal import StrictJSON
internal import ToolSupport

/// What makes this machine the same device of a server every time: an id and a secret that it made itself.
struct KeptDevice {
  let id: String
  /// 32 random bytes in base64url. Goes to its server only, and is never printed.
  let secret: String
  /// The zone the server has for it.
  var timeZone: String
  /// The server has let it in before.
  var isKnown = false

  init(timeZone: String) {
    id = UUID().uuidString.lowercased()
    secret = RandomSecret.text()
    self.timeZone = timeZone
  }

  fileprivate init?(_ json: JSON) {
    guard let id = json["id"]?.string, let secret = json["secret"]?.string else { return nil }
    self.id = id
    self.secret = secret
    timeZone = json["timeZone"]?.string ?? "UTC"
    isKnown = json["known"]?.bool ?? false
  }

  fileprivate var json: JSON {
    ["id": .string(id), "secret": .string(secret), "timeZone": .string(timeZone), "known": .bool(isKnown)]
  }
}

/// `devices/<name>.json`: the devices of one name, one for each server. Only its owner may read it, for it holds secrets.
struct DeviceFile {
  private let folder: String
  private let path: String

  init(_ name: DeviceName) throws {
    folder = try DeviceFile.folder
    path = "\(folder)/\(name.fileName)"
  }

  func device(at server: ServerURL) throws -> KeptDevice? { try servers()[server.text].flatMap(KeptDevice.init) }

  /// The device of that server, made by `make` when there is none yet.
  func device(at server: ServerURL, orMake make: () -> KeptDevice) throws -> KeptDevice {
    try locked {
      if let known = try device(at: server) { return known }
      let new = make()
      try save(new, at: server)
      return new
    }
  }

  func update(_ device: KeptDevice, at server: ServerURL) throws { try locked { try save(device, at: server) } }

  /// Forgets the device of that server, and removes the file when it holds no other.
  func forget(_ server: ServerURL) throws {
    try locked {
      var servers = try servers()
      servers[server.text] = nil
      guard servers.count == 0 else { return try write(servers) }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// The names that have a device that the server knows.
  static func names(at server: ServerURL) throws -> [DeviceName] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: try folder)) ?? []
    return files.sorted().compactMap(DeviceName.init(fileName:)).filter { name in
      (try? DeviceFile(name).device(at: server))?.isKnown == true
    }
  }

  /// The name that was given, or else the only one there is for the server.
  static func chosen(_ name: DeviceName?, at server: ServerURL) throws -> DeviceName {
    if let name { return name }
    let names = try names(at: server)
    switch names.count {
    case 0:
      throw Failure(
        .badInput,
        "There is no device for \(server): import something first (breath import), or join one (breath pair).")
    case 1: return names[0]
    default:
      let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
      throw Failure(.usage, "There are several devices for \(server): choose one with --name, of \(list).")
    }
  }
}

extension DeviceFile {
  private static var folder: String {
    get throws {
      let environment = ProcessInfo.processInfo.environment.filter { !$0.value.isEmpty }
      if let home = environment["BREATH_HOME"] { return "\(home)/devices" }
      if let config = environment["XDG_CONFIG_HOME"] { return "\(config)/breath-master/devices" }
      guard let home = environment["HOME"] else {
        throw Failure(.usage, "HOME is not set: name a folder for the devices' secrets in BREATH_HOME.")
      }
      return "\(home)/.config/breath-master/devices"
    }
  }

  private func servers() throws -> JSONObject {
    guard let data = FileManager.default.contents(atPath: path) else {
      guard !FileManager.default.fileExists(atPath: path) else {
        throw Failure(.badInput, "\(path) cannot be read: see to its permissions.")
      }
      return JSONObject()
    }
    guard let servers = (try? JSON(parsing: Array(data), limits: .trusted))?["servers"]?.object else {
      throw Failure(.badInput, "\(path) is damaged: repair it, or remove it to become a new device.")
    }
    return servers
  }

  private func save(_ device: KeptDevice, at server: ServerURL) throws {
    var servers = try servers()
    servers[server.text] = device.json
    try write(servers)
  }

  private func write(_ servers: JSONObject) throws {
    let text = JSON.object(JSONObject([("servers", .object(servers))])).pretty
    do {
      try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch { throw unwritable }
  }

  private var unwritable: Failure {
    Failure(.badInput, "\(folder) cannot be written: see to its permissions, or name another folder in BREATH_HOME.")
  }

  /// One process at a time, so that two that begin together become one device; and nobody else may read what it makes.
  private func locked<Value>(_ work: () throws -> Value) throws -> Value {
    let mask = umask(0o077)
    defer { umask(mask) }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch { throw unwritable }
    let lock = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard lock >= 0 else { throw unwritable }
    defer { close(lock) }
    flock(lock, LOCK_EX)
    return try work()
  }
}
