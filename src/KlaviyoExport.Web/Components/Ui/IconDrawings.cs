using MudBlazor;

namespace KlaviyoExport.Web.Components.Ui;

/// <summary>
/// The drawings of the icons, as content of an svg element of 24 units. MudBlazor has them as constants, which the compiler copies:
/// nothing of it is deployed.
/// </summary>
internal static class IconDrawings
{
    public static string Of(IconName name) =>
        name switch
        {
            IconName.AccountCircle => Icons.Material.Filled.AccountCircle,
            IconName.Add => Icons.Material.Filled.Add,
            IconName.ArrowDropDown => Icons.Material.Filled.ArrowDropDown,
            IconName.ArrowDropUp => Icons.Material.Filled.ArrowDropUp,
            IconName.Block => Icons.Material.Filled.Block,
            IconName.Cable => Icons.Material.Filled.Cable,
            IconName.Cancel => Icons.Material.Filled.Cancel,
            IconName.Check => Icons.Material.Filled.Check,
            IconName.CheckCircle => Icons.Material.Filled.CheckCircle,
            IconName.Checklist => Icons.Material.Filled.Checklist,
            IconName.Close => Icons.Material.Filled.Close,
            IconName.Cloud => Icons.Material.Filled.Cloud,
            IconName.ContentCopy => Icons.Material.Filled.ContentCopy,
            IconName.Database => Icons.Material.Filled.Storage,
            IconName.Description => Icons.Material.Filled.Description,
            IconName.Dns => Icons.Material.Filled.Dns,
            IconName.Download => Icons.Material.Filled.Download,
            IconName.Edit => Icons.Material.Filled.Edit,
            IconName.Error => Icons.Material.Filled.Error,
            IconName.EventBusy => Icons.Material.Filled.EventBusy,
            IconName.ExpandLess => Icons.Material.Filled.ExpandLess,
            IconName.ExpandMore => Icons.Material.Filled.ExpandMore,
            IconName.FactCheck => Icons.Material.Filled.FactCheck,
            IconName.Group => Icons.Material.Filled.Group,
            IconName.GroupWork => Icons.Material.Filled.GroupWork,
            IconName.Help => Icons.Material.Filled.Help,
            IconName.History => Icons.Material.Filled.History,
            IconName.Home => Icons.Material.Filled.Home,
            IconName.HourglassEmpty => Icons.Material.Filled.HourglassEmpty,
            IconName.Inbox => Icons.Material.Filled.Inbox,
            IconName.Info => Icons.Material.Filled.Info,
            IconName.Lan => Icons.Material.Filled.Lan,
            IconName.Language => Icons.Material.Filled.Language,
            IconName.Link => Icons.Material.Filled.Link,
            IconName.LinkOff => Icons.Material.Filled.LinkOff,
            IconName.Menu => Icons.Material.Filled.Menu,
            IconName.MonitorHeart => Icons.Material.Filled.MonitorHeart,
            IconName.Notifications => Icons.Material.Filled.Notifications,
            IconName.PanTool => Icons.Material.Filled.PanTool,
            IconName.Passkey => Icons.Material.Filled.Fingerprint,
            IconName.PersonAdd => Icons.Material.Filled.PersonAdd,
            IconName.PersonOff => Icons.Material.Filled.PersonOff,
            IconName.PersonSearch => Icons.Material.Filled.PersonSearch,
            IconName.PlayArrow => Icons.Material.Filled.PlayArrow,
            IconName.PlayCircle => Icons.Material.Filled.PlayCircle,
            IconName.PlaylistPlay => Icons.Material.Filled.PlaylistPlay,
            IconName.RadioButtonUnchecked => Icons.Material.Filled.RadioButtonUnchecked,
            IconName.Refresh => Icons.Material.Filled.Refresh,
            IconName.Replay => Icons.Material.Filled.Replay,
            IconName.Schedule => Icons.Material.Filled.Schedule,
            IconName.Search => Icons.Material.Filled.Search,
            IconName.SearchOff => Icons.Material.Filled.SearchOff,
            IconName.SkipNext => Icons.Material.Filled.SkipNext,
            IconName.SmartToy => Icons.Material.Filled.SmartToy,
            IconName.Sync => Icons.Material.Filled.Sync,
            IconName.Tune => Icons.Material.Filled.Tune,
            IconName.Undo => Icons.Material.Filled.Undo,
            IconName.Upload => Icons.Material.Filled.Upload,
            IconName.Warning => Icons.Material.Filled.Warning,
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
}
