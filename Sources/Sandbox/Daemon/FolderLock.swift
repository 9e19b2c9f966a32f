import Glibc

/// Keeps two commands from bringing up the same sandbox at once; gone with its process.
struct FolderLock: ~Copyable {
  private let descriptor: Int32

  init(_ folder: String, name: String) throws(SandboxError) {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(path: folder, reason: "can not be opened") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .alreadyUp(name: name)
    }
    self.descriptor = descriptor
  }

  borrowing func release() { flock(descriptor, LOCK_UN) }

  deinit { close(descriptor) }
}
