package io.promptroutes.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.TypeConversionException;
import org.apache.commons.lang3.StringUtils;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** Says why a route has failed. Stateless. */
final class Faults {

    private static final int LONGEST = 500;
    /** Their messages have what could not be read in them. */
    private static final List<Class<? extends Throwable>> OF_TEXTS = List.of(InvalidPayloadException.class, TypeConversionException.class, JsonProcessingException.class);
    /** An address, its user, its host and the rest: a webhook's secret is in its path. */
    private static final Pattern ADDRESS = Pattern.compile("(\\w://)(?:[^/?#\\s\"']*@)?([^/?#\\s\"']+)([/?#][^\\s\"']*)?");

    private Faults() {
    }

    /** In one line, without the record's text, and of addresses no more than the host. @param failure null where the exchange was rolled back */
    static String words(Throwable failure) {
        Throwable why = failure != null && failure.getCause() instanceof Error error ? error : failure;
        if (why == null) {
            return "it was rolled back";
        }
        boolean texts = OF_TEXTS.stream().anyMatch(type -> ExceptionUtils.indexOfType(why, type) >= 0);
        String message = texts ? "the record cannot be read or converted (the text is left out)" : why.getMessage();
        message = message == null ? null : ADDRESS.matcher(message).replaceAll(address -> Matcher.quoteReplacement(address.group(1) + address.group(2) + (address.group(3) == null ? "" : "/...")));
        return StringUtils.abbreviate((why.getClass().getName() + (message == null ? "" : ": " + message)).replaceAll("\\s*\\R\\s*", " "), LONGEST);
    }
}
