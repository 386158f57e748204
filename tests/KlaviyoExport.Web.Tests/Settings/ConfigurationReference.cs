using System.Text;

namespace KlaviyoExport.Web.Tests.Settings;

/// <summary>Writes the generated part of docs/configuration.md.</summary>
internal static class ConfigurationReference
{
    // Definitions of links that nothing uses: the only comments of Markdown without HTML, which the help of the product does not render.
    private const string Begin = "[begin]: # \"The tables are generated from the options classes: see ConfigurationReferenceTests.\"\n";
    private const string End = "[end]: # \"End of the generated tables.\"\n";
    private const string General = "General";

    private static readonly Docstrings Docstrings = new(SettingsSection.Assemblies);

    /// <summary>Returns the document with new tables.</summary>
    public static string Renew(string document)
    {
        var start = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        return document[..start] + Tables() + document[document.IndexOf(End, StringComparison.Ordinal)..];
    }

    /// <summary>Returns the settings without a docstring.</summary>
    public static IEnumerable<string> Unexplained() =>
        SettingsSection
            .All.SelectMany(section => section.Settings)
            .Where(setting => Docstrings.Of(setting.Property, Name).Length == 0)
            .Select(setting => setting.Key);

    private static string Tables()
    {
        var text = new StringBuilder();
        foreach (var sections in SettingsSection.All.Where(section => section.Settings.Count > 0).GroupBy(section => section.Name))
        {
            text.Append('\n').Append("## ").Append(sections.Key.Length == 0 ? General : sections.Key).Append("\n\n");
            if (sections.Key.Length > 0)
                text.Append(Introduction(sections.Single())).Append("\n\n");
            text.Append("| setting | environment variable | values | default | meaning |\n| --- | --- | --- | --- | --- |\n");
            foreach (var setting in sections.SelectMany(section => section.Settings))
                text.Append(setting.Row(Docstrings.Of(setting.Property, Name).Replace("|", "\\|", StringComparison.Ordinal))).Append('\n');
        }
        return text.Append('\n').ToString();
    }

    // "Section `Api`: the HTTP API for programs." The heading has the section already.
    private static string Introduction(SettingsSection section)
    {
        var text = Docstrings.Of(section.Options, Name);
        var said = $"Section `{section.Name}`";
        if (!text.StartsWith(said, StringComparison.Ordinal))
            throw new InvalidOperationException($"The summary of {section.Options.Name} must begin with its section, {section.Name}.");
        var rest = text[said.Length..].TrimStart(':', '.', ' ');
        return char.ToUpperInvariant(rest[0]) + rest[1..];
    }

    // A property of an options class is called by its key, another member by its own name.
    private static string Name(string member) =>
        SettingsSection
            .All.SelectMany(section => section.Settings)
            .FirstOrDefault(setting => $"P:{setting.Property.DeclaringType!.FullName}.{setting.Property.Name}" == member)
            ?.Key
        ?? member[(member.LastIndexOf('.') + 1)..];
}
