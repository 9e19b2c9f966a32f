// Tells the thread sanitizer of what Synchronization.Mutex does where threads meet.
//
// The fast path of Mutex is compiled into our code and so is seen by the sanitizer. The slow path,
// taken where two threads want it at once, is in libswiftSynchronization, which is not instrumented:
// without this each such hand-over is reported as a race. scripts/sanitize builds this as a library
// and preloads it; it stands before the two functions of the slow path (of Swift 6.3 on Linux) and
// calls them.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

// Of the sanitizer's runtime, which is in the program; nothing in programs that have none.
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

#define SWIFT __attribute__((swiftcall))
#define CONTEXT __attribute__((swift_context))
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock_slow(uint32_t thread, CONTEXT void *mutex) __asm__(LOCK_SLOW);
SWIFT void unlock_slow(CONTEXT void *mutex) __asm__(UNLOCK_SLOW);

SWIFT void lock_slow(uint32_t thread, CONTEXT void *mutex) {
  SWIFT void (*next)(uint32_t, CONTEXT void *);
  *(void **)&next = dlsym(RTLD_NEXT, LOCK_SLOW);
  next(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlock_slow(CONTEXT void *mutex) {
  SWIFT void (*next)(CONTEXT void *);
  *(void **)&next = dlsym(RTLD_NEXT, UNLOCK_SLOW);
  if (__tsan_release) __tsan_release(mutex);
  next(mutex);
}
