package dev.safe.compat.pf4j;

import dev.safe.ExtensionCapability;
import org.pf4j.ExtensionPoint;

/** What plugins of this host implement. The host knows it by PF4J, and Safe by its own interface. */
public interface CellExtension extends ExtensionCapability, ExtensionPoint {}
