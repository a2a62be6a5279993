package io.promptroutes.ops;

import io.promptroutes.settings.Finding;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.model.BeanDefinition;

/** Methods of beans, with what they are given: what Camel cannot call when a call has failed leaves a prompt behind. Stateless. */
final class MethodCheck {

    private static final Pattern NUMBER = Pattern.compile("\\d+|.*(?:\\{\\{|\\$\\{).*");

    private MethodCheck() {
    }

    static void check(RouteModel own, RouteCheck.Known known, Consumer<Finding> found) {
        own.parts.stream().filter(part -> part.is(BeanDefinition.class, "method")).forEach(part -> {
            String name = ((BeanDefinition) part.in()).getRef();
            Object bean = name == null ? null : known.bean().apply(name);
            if (bean == null) {
                return; // told as a name
            }
            String method = part.value().replaceFirst("\\(.*", "");
            List<Method> methods = List.of(bean.getClass().getMethods());
            Set<String> names = methods.stream().map(Method::getName).collect(Collectors.toSet());
            if (!names.contains(method)) {
                found.accept(Finding.fault("the bean " + name + " has no method " + method, part.where(), Finding.nearest(method, names, "name one that it has")));
            } else if (bean.getClass().getPackageName().startsWith("io.promptroutes.pipeline")
                    && methods.stream().noneMatch(one -> one.getName().equals(method) && takes(one, part.value().substring(method.length())))) {
                found.accept(Finding.fault("method " + method + " of the bean " + name + " does not take these arguments", part.where(), "write "
                        + methods.stream().filter(one -> one.getName().equals(method)).findFirst().map(MethodCheck::form).orElse(method)));
            }
        });
    }

    /** @param given in parentheses, or nothing, which is the exchange */
    private static boolean takes(Method method, String given) {
        Class<?>[] wanted = method.getParameterTypes();
        if (given.isEmpty()) {
            return wanted.length <= 1;
        }
        String[] arguments = given.replaceAll("[()]", "").split(",", -1);
        if (!given.matches("\\(.*\\)") || arguments.length != wanted.length) {
            return false;
        }
        for (int one = 0; one < wanted.length; one++) {
            if (wanted[one] == int.class ? !NUMBER.matcher(arguments[one].strip()).matches() : !arguments[one].strip().equals("*")) {
                return false;
            }
        }
        return true;
    }

    private static String form(Method method) {
        return method.getParameterCount() <= 1 ? method.getName() : method.getName() + Stream.of(method.getParameterTypes())
                .map(type -> type == int.class ? "NUMBER" : "*").collect(Collectors.joining(", ", "(", ")"));
    }
}
