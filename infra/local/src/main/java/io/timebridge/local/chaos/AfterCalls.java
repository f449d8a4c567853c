package io.timebridge.local.chaos;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Puts something after every call of a port that has returned. By reflection, so that what a port
 * learns later is passed on as it is; for ports that have many methods of the same kind.
 */
@FunctionalInterface
interface AfterCalls {
  /**
   * A call has returned; exceptions pass by.
   *
   * @param arguments empty when there are none
   * @return what the caller gets; mostly {@code answer}
   */
  @Nullable Object returned(String method, Object[] arguments, @Nullable Object answer);

  /** The port with {@code after} behind each of its methods. */
  static <T> T around(Class<T> port, T part, AfterCalls after) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, given) -> {
              Object[] arguments = given == null ? new Object[0] : given;
              Object answer = call(part, method, arguments);
              return method.getDeclaringClass() == Object.class
                  ? answer
                  : after.returned(method.getName(), arguments, answer);
            }));
  }

  private static @Nullable Object call(Object part, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(part, arguments);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause() == null ? thrown : thrown.getCause();
    }
  }
}
