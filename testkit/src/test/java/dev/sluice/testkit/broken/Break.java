// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.broken;

import static net.bytebuddy.matcher.ElementMatchers.is;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.MemberSubstitution;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.implementation.Implementation;

/**
 * One change to one method of the product.
 *
 * @param type the class, by name
 * @param method of the class
 * @param arguments how many the method takes, to tell it from others of its name
 * @param change what is done to it
 */
record Break(String type, String method, int arguments, Change change) {

    /** What is done to a method. */
    @FunctionalInterface
    interface Change {

        /**
         * Does it.
         *
         * @param calls counts the calls within the method that are exchanged; null if the whole method is
         */
        DynamicType.Builder<?> apply(DynamicType.Builder<?> builder, MethodDescription method, AtomicInteger calls);
    }

    /** The whole method does something else. */
    static Break whole(String type, String method, int arguments, Implementation instead) {
        return new Break(type, method, arguments, (builder, target, calls) -> {
            calls.incrementAndGet();
            return builder.method(is(target)).intercept(instead);
        });
    }

    /** The method begins with something else. */
    static Break before(String type, String method, int arguments, Class<?> advice) {
        return new Break(type, method, arguments, (builder, target, calls) -> {
            calls.incrementAndGet();
            return builder.visit(Advice.to(advice).on(is(target)));
        });
    }

    /** The calls of a name within the method go to a method of {@link Wrong}. */
    static Break call(String type, String method, int arguments, String called, String instead) {
        Method wrong = Arrays.stream(Wrong.class.getDeclaredMethods())
                .filter(candidate -> candidate.getName().equals(instead))
                .findFirst()
                .orElseThrow();
        return new Break(
                type,
                method,
                arguments,
                (builder, target, calls) -> builder.visit(
                        substitution(called, calls).replaceWith(wrong).on(is(target))));
    }

    /** The calls of a name within the method are left out; what they would answer is 0, false or null. */
    static Break without(String type, String method, int arguments, String called) {
        return new Break(
                type,
                method,
                arguments,
                (builder, target, calls) ->
                        builder.visit(substitution(called, calls).stub().on(is(target))));
    }

    private static MemberSubstitution.WithoutSpecification<?> substitution(String called, AtomicInteger calls) {
        return MemberSubstitution.relaxed().method(candidate -> {
            boolean meant = candidate.getName().equals(called);
            if (meant) {
                calls.incrementAndGet();
            }
            return meant;
        });
    }

    /** The method in the product; there must be exactly one, or the product has changed and this has to change with it. */
    MethodDescription in(TypeDescription described) {
        var methods = described.getDeclaredMethods().filter(named(method).and(takesArguments(arguments)));
        if (methods.size() != 1) {
            throw new IllegalStateException(
                    methods.size() + " methods " + method + " of " + arguments + " arguments in " + described);
        }
        return methods.getOnly();
    }
}
