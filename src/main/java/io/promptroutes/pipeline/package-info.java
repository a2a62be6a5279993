/** The steps that the route files name, and the outcomes by which a prompt goes from one route to the next. */
package io.promptroutes.pipeline;
