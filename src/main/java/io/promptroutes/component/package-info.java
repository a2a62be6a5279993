/** What a route of a user or an application is made of: the step {@code prompt:}, and the sources {@code windowed-kafka:} and {@code inbox:}. */
package io.promptroutes.component;
