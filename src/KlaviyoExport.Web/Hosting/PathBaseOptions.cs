using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting;

/// <summary>The setting <c>PathBase</c>: the path below which a reverse proxy publishes the application.</summary>
internal sealed partial class PathBaseOptions
{
    /// <summary>The setting has no section.</summary>
    public const string Section = "";

    /// <summary>
    /// The path below which a reverse proxy publishes the application, such as /klaviyo-export, without a slash at its end. None: the
    /// application is at the root of its host, or at the path that a trusted proxy names in X-Forwarded-Prefix.
    /// </summary>
    public string? PathBase { get; set; }

    /// <summary>Whether the text is a usable path: a slash and then segments of letters, digits, hyphens, dots and underscores.</summary>
    public static bool IsPath(string text) => Path().IsMatch(text) && !text.Split('/').Any(segment => segment is "." or "..");

    [GeneratedRegex("^(/[A-Za-z0-9._~-]+)+\\z")]
    private static partial Regex Path();

    internal sealed class Validator : IValidateOptions<PathBaseOptions>
    {
        public ValidateOptionsResult Validate(string? name, PathBaseOptions options) =>
            options.PathBase is not { Length: > 0 } path || IsPath(path)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(
                    $"{nameof(PathBase)} is \"{path}\". Set it to a path such as /klaviyo-export, without a slash at its end."
                );
    }
}
