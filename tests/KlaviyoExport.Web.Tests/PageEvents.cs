using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components.Web;

namespace KlaviyoExport.Web.Tests;

/// <summary>
/// Events that a person causes. In place of those of bUnit, which return before the page has taken the event when it is just rendering, as
/// it often does on a busy machine. These return when its handler has run to the end, or to the first thing that it waits for.
/// </summary>
internal static class PageEvents
{
    public static void Click(this IElement element) => element.Cause(() => element.ClickAsync(new MouseEventArgs { Detail = 1 }));

    public static void Change<T>(this IElement element, T value) => element.Cause(() => element.ChangeAsync(value));

    public static void Input<T>(this IElement element, T value) => element.Cause(() => element.InputAsync(value));

    public static void Submit(this IElement element) => element.Cause(() => element.SubmitAsync());

    private static void Cause(this IElement element, Func<Task> send)
    {
        var page = element.Owner!.Context.GetService<BunitContext>()!;
        var handled = page.Renderer.Dispatcher.InvokeAsync(() => Task.FromResult(send())).GetAwaiter().GetResult();
        // A handler that waits for something is not waited for, and its failure is the page's own matter.
        if (handled.IsCompleted)
            handled.GetAwaiter().GetResult();
    }
}
