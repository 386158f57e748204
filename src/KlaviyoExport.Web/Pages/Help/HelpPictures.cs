using Microsoft.Net.Http.Headers;

namespace KlaviyoExport.Web.Pages.Help;

/// <summary>The endpoint for the pictures of the help site.</summary>
internal static class HelpPictures
{
    public static void MapHelpPictures(this WebApplication app) => app.MapGet("/help/pictures/{**path}", Send);

    private static IResult Send(HttpContext context, HelpLibrary library, string path)
    {
        if (library.PictureOf(path) is not { } picture)
            return Results.NotFound();
        // The address names the version. Private, because only people who are signed in may have it.
        context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return Results.Bytes(picture.Content, picture.ContentType, entityTag: new EntityTagHeaderValue($"\"{picture.Version}\""));
    }
}
