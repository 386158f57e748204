using KlaviyoExport.Web.Components;

namespace KlaviyoExport.Web.Tests.Localization.Literals;

/// <summary>What is not translated although a person sees it, or is found although nobody sees it.</summary>
internal static class LiteralExceptions
{
    /// <summary>Names, which are the same in every language.</summary>
    private static readonly string[] Names = ["Klaviyo", "Klaviyo Export", "– Klaviyo Export", ".NET", "UTC"];

    public static readonly FoundLiteral[] InCode =
    [
        // The names of two services.
        new("KlaviyoExport.Web/Pages/Sources/SourceCatalogue.cs", "Azure Database for MySQL"),
        new("KlaviyoExport.Web/Pages/Sources/SourceCatalogue.cs", "Azure Database for PostgreSQL"),
        // A header of HTTP.
        new("KlaviyoExport.Web/Pages/Help/HelpPictures.cs", "private, max-age=31536000, immutable"),
        // Pages show the text of the code of this fault.
        new("KlaviyoExport.Web/Security/GuessablePasswords.cs", "The password is easy to guess."),
        // The scopes of a protocol.
        new("KlaviyoExport.Web/Security/Providers/OpenIdConnectSection.cs", "openid profile email"),
        // Printed in the console of the server.
        new(
            "KlaviyoExport.Web/Setup/SetupLink.cs",
            "Nobody can sign in yet. Create the first administrator with this link, which works once:"
        ),
        new("KlaviyoExport.Web/Setup/SetupLink.cs", "Klaviyo Export is at …"),
    ];

    /// <summary>Returns whether a text is the same in every language. ThemeLinks contains rules of a style sheet and no texts.</summary>
    public static bool IsName(FoundLiteral found) => Names.Contains(found.Text) || found.Place == nameof(ThemeLinks);

    /// <summary>Faults of the configuration, which end the start of the server.</summary>
    public static bool IsOfConfiguration(string file) =>
        file.EndsWith("Check.cs", StringComparison.Ordinal) || file.EndsWith("Options.cs", StringComparison.Ordinal);
}
