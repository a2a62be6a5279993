/** What starts the engine: its routes and beans in a Camel context of their own, with the settings of a command or of an application. */
package io.promptroutes.app;
