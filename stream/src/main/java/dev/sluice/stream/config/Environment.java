// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Lays the variables of the environment over a tree, and remembers which key came from which variable. */
final class Environment {

    private static final String FILE_SUFFIX = "_FILE";

    /**
     * What Kubernetes puts into every container for each service of the namespace; a service named {@code sluice} makes
     * {@code SLUICE_PORT=tcp://10.0.0.1:4000}, which nobody wrote and which is not ours.
     */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "SLUICE_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private final Map<String, String> variables = new TreeMap<>();
    private final Map<String, String> keysByVariable = new LinkedHashMap<>();
    private final Map<String, ValueType> types = new HashMap<>();
    private final Map<String, String> origins = new HashMap<>();

    Environment(Map<String, String> environment, Shape.Section root, Set<String> reserved) {
        environment.forEach((name, value) -> {
            if (name.startsWith(ConfigKey.PREFIX) && !reserved.contains(name)) {
                variables.put(name, value);
            }
        });
        root.forEachLeaf((key, leaf) -> {
            addVariable(ConfigKey.variable(key), key);
            if (leaf.type().secret()) {
                addVariable(ConfigKey.variable(key) + FILE_SUFFIX, key);
            }
            types.put(key, leaf.type());
        });
    }

    private void addVariable(String variable, String key) {
        String other = keysByVariable.put(variable, key);
        if (other != null) {
            throw new IllegalArgumentException(variable + " would set both " + other + " and " + key);
        }
    }

    /** Lays the variables over the tree; all sections on the way to a key must be mappings, null or missing. */
    void overlay(ObjectNode tree) {
        variables.forEach((variable, value) -> {
            String key = keysByVariable.get(variable);
            if (!isServiceLink(variable, value, key)) {
                if (key == null) {
                    throw unknown(variable);
                }
                put(tree, key, node(variable, value, key));
                String earlier = origins.put(key, variable);
                if (earlier != null) {
                    throw new ConfigException(earlier + " and " + variable + " are both set; keep one of them");
                }
            }
        });
    }

    /** The variable that set the key, or {@code null}. */
    String origin(String key) {
        return origins.get(key);
    }

    private static boolean isServiceLink(String variable, String value, String key) {
        if (variable.endsWith("_PORT") && SERVICE_ADDRESS.matcher(value).matches()) {
            return true;
        }
        return key == null && SERVICE_LINK.matcher(variable).matches();
    }

    private JsonNode node(String variable, String value, String key) {
        boolean inFile = !variable.equals(ConfigKey.variable(key));
        ValueType type = types.get(key);
        try {
            return type.fromText(inFile ? readSecret(variable, value) : value);
        } catch (IllegalArgumentException e) {
            throw RecordBinder.wrongValue(key, type, value, "set by " + variable);
        }
    }

    private static String readSecret(String variable, String file) {
        try {
            return Files.readString(Path.of(file)).strip(); // editors and `echo` leave a line break
        } catch (IOException | InvalidPathException e) {
            throw new ConfigException(variable + " names the file '" + file + "', which cannot be read");
        }
    }

    static void put(ObjectNode tree, String key, JsonNode value) {
        ObjectNode section = tree;
        String[] names = key.split("\\.", -1);
        for (int i = 0; i < names.length - 1; i++) {
            section = section.get(names[i]) instanceof ObjectNode nested ? nested : section.putObject(names[i]);
        }
        section.set(names[names.length - 1], value);
    }

    private ConfigException unknown(String variable) {
        String hint = NearestName.of(variable, keysByVariable.keySet())
                .map(nearest -> "did you mean " + nearest + "?")
                .orElse("every variable is " + ConfigKey.PREFIX + " and a key in upper case, as "
                        + keysByVariable.keySet().iterator().next());
        return new ConfigException("unknown environment variable " + variable + "; " + hint);
    }
}
