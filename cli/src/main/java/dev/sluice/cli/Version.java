// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import picocli.CommandLine.IVersionProvider;

/** Which release this is, as the build wrote it into the manifest. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {
            "sluice " + release(),
            "java " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
            System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch")
        };
    }

    /** The release alone. */
    static String release() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(built from classes)" : version;
    }
}
