// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.broken;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;

/**
 * What broken builds do instead of what the product does. It is copied beside the broken classes, so it may use nothing but the JDK; what
 * it is handed of the product it knows by name only.
 */
public final class Wrong {

    private static final Map<Object, Object> HELD_BACK = Collections.synchronizedMap(new WeakHashMap<>());

    private Wrong() {}

    /** In the place of {@code FeedWriter.accept(Run, long)}: the push comes twice. */
    public static void acceptTwice(Object writer, Object run, long timestamp) {
        call(writer, "accept", run, timestamp);
        call(writer, "accept", run, timestamp);
    }

    /** In the place of {@code Run.lastSeq()}: nothing is known already. */
    public static long alwaysNew(Object run) {
        return Long.MAX_VALUE;
    }

    /** In the place of {@code SharedFrameChannel.writePlain(EventFrame)}: the frame is written twice. */
    public static void writeTwice(Object channel, Object frame) {
        call(channel, "writePlain", frame);
        call(channel, "writePlain", frame);
    }

    /** In the place of {@code SharedFrameChannel.writePlain(EventFrame)}: every second frame overtakes the one before it. */
    public static void overtake(Object channel, Object frame) {
        Object before = HELD_BACK.remove(channel);
        if (before == null) {
            HELD_BACK.put(channel, frame);
        } else {
            call(channel, "writePlain", frame);
            call(channel, "writePlain", before);
        }
    }

    /** In the place of {@code Optional.orElseThrow()} of an org: everybody is of the same one. */
    public static Object everybodyIsAcme(Optional<?> org) {
        return "acme";
    }

    private static void call(Object target, String name, Object... arguments) {
        for (Method method : target.getClass().getDeclaredMethods()) {
            if (method.getName().equals(name) && takes(method, arguments)) {
                try {
                    method.setAccessible(true);
                    method.invoke(target, arguments);
                    return;
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException(e);
                } catch (InvocationTargetException e) {
                    throw new IllegalStateException(e.getCause());
                }
            }
        }
        throw new IllegalStateException("no " + name + " in " + target.getClass());
    }

    private static boolean takes(Method method, Object... arguments) {
        Class<?>[] types = method.getParameterTypes();
        if (types.length != arguments.length) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            if (!types[i].isPrimitive() && !types[i].isInstance(arguments[i])) {
                return false;
            }
        }
        return true;
    }
}
