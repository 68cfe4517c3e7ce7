"""The values that processing each file of make_cases.sh must give.

`CASES` maps a case of the script to its files; a file without remarks is twelve seconds of 640x360 at 30 frames per
second with claps (white flash and beep together) at 1, 6 and 11 s.
"""

from __future__ import annotations

from dataclasses import dataclass

CLAPS = (1.0, 6.0, 11.0)


@dataclass(frozen=True)
class Expected:
    """The right outcome for one file. Sizes in pixels, times in seconds; ``None`` means that it is not looked at.

    `flashes` and `beeps` are when the picture turns white and when the tone begins. `colors` is "601" or "709" when the
    bars must look as in the SDR original, read with the matrix of that name. The picture is
    looked at `moment` seconds in; `boxed` means black bars at its sides then. `sounds` counts tracks.
    `tolerance` is what flashes may be off beyond one
    frame. `fails` lists failure codes, all of them final; `may_fail` allows a refusal as well.
    """

    size: tuple[int, int] | None = (640, 360)
    label: str | None = None
    rate: float | None = 30
    seconds: float | None = 12
    flashes: tuple[float, ...] | None = CLAPS
    beeps: tuple[float, ...] | None = CLAPS
    colors: str | None = None
    sounds: int = 1
    languages: tuple[str, ...] | None = None
    captions: tuple[tuple[str, str], ...] | None = None
    first_cue: float | None = None
    tolerance: float = 0.0
    chapters: tuple[tuple[float, str], ...] | None = None
    moment: float = 3.5
    boxed: bool = False
    fails: tuple[str, ...] = ()
    may_fail: bool = False

    def but(self, **changes: object) -> Expected:
        """Return a copy with other values."""
        return Expected(**(self.__dict__ | changes))  # type: ignore[arg-type]


def _short(seconds: float, *, silent: bool = False) -> dict[str, object]:
    claps = tuple(clap for clap in CLAPS if clap < seconds)
    return {"seconds": seconds, "flashes": claps, "beeps": () if silent else claps}


def _each(names: str, expected: Expected) -> dict[str, Expected]:
    """Return the same expectation for several files, whose names are separated by spaces."""
    return dict.fromkeys(names.split(), expected)


PLAIN = Expected()
SAME = Expected(colors="601")
SIX = Expected(**_short(6))  # type: ignore[arg-type]
FOUR = Expected(**_short(4))  # type: ignore[arg-type]
THREE = Expected(**_short(3))  # type: ignore[arg-type]
TWO = Expected(**_short(2))  # type: ignore[arg-type]
# A picture is drawn of the sound; how large is its own business.
SOUND_ONLY = Expected(size=None, rate=None, flashes=None)
# ffmpeg's WMA encoder delays the sound by 2,048 samples, and ASF cannot say so.
WMA_CLAPS = tuple(clap + 2048 / 48_000 for clap in CLAPS)
SILENT = {"sounds": 0, "beeps": ()}
TRACKS = (("en", "subtitles"), ("en", "captions"), ("fr", "subtitles"), ("en", "forced"))
CHAPTERS = ((0.0, "Początek 🎬"), (6.0, "Second; one"))
# Two parts of six seconds, the first as long as its last packet of AAC.
JOINED = (1.02, 7.02)
# Pieces of five seconds, each as long as its last packet of Opus.
PIECE = 5.0067
EVERY_PIECE = tuple(1.0 + PIECE * number for number in range(24))
MINUTE = tuple(1.0 + 5 * number for number in range(12))
UNSUPPORTED, UNREADABLE, TOO_LARGE = "unsupported_media", "unreadable_media", "too_large"

CASES: dict[str, dict[str, Expected]] = {
    # Color
    "hdr10": {"hdr10.mp4": PLAIN.but(colors="709")},
    "hdr_frametags": {"hdr_vui_only.mkv": PLAIN.but(colors="709")},
    "bt2020sdr": {"bt2020sdr.mp4": PLAIN.but(colors="709")},
    "pc_range": {"pc_range.mp4": SAME},
    "601_tagged_hd": {"bt601_hd.mp4": SIX.but(size=(1280, 720), label="720p", colors="601")},
    "709_tagged_sd": {"bt709_sd.mp4": SAME},
    "untagged_hd": {"untagged_hd.mp4": SIX.but(size=(1280, 720), colors="601")},
    "reserved": {"reserved.mp4": SAME},
    "gbr": {"gbr.mp4": SAME},
    "444": {"444.mp4": SAME},
    "hi10p": {"hi10p.mkv": SAME},
    "prores4444": {"prores4444.mov": TWO},
    "vp9alpha": {"vp9alpha.webm": TWO},
    "qtrle": {"qtrle_argb.mov": THREE},
    "png_mov": {"png_rgba.mov": TWO},
    # Geometry
    "rot": {
        "rot90.mp4": PLAIN.but(size=(360, 640), label="360p"),
        "rot180.mp4": PLAIN,
        "rot270.mp4": PLAIN.but(size=(360, 640)),
    },
    "mirror": {"mirror.mp4": PLAIN, "rot90mirror.mov": PLAIN.but(size=(360, 640))},
    "rot_mkv": {"rot90.mkv": PLAIN.but(size=(360, 640))},
    "rot_sar": {"rot90_sar.mp4": PLAIN.but(size=(360, 854), label="480p")},
    "odd": {"odd427x241.webm": SIX.but(size=(426, 240))},
    "dvd": {"dvd_pal169.vob": PLAIN.but(size=(1024, 576), rate=50)},
    "hdv": {"hdv1440_sar43.mp4": SIX.but(size=(1920, 1080), label="1080p", rate=30000 / 1001)},
    "tall": {"tall_9x195.mp4": SIX.but(size=(360, 780))},
    "wide": {"wide_32x9.mp4": SIX.but(size=(1280, 360), label="720p")},
    "strip": {"strip1920x32.mp4": FOUR.but(size=(1920, 32))},
    "tiny": {"tiny16.mp4": FOUR.but(size=(16, 16)), "small100.mp4": FOUR.but(size=(100, 100))},
    "tiny_gifsize": {"tiny12x8.mp4": Expected(fails=(UNSUPPORTED,))},
    "interlaced_ts": {"interlaced25i.ts": PLAIN.but(rate=50)},
    "avchd": {"avchd50i.m2ts": PLAIN.but(rate=50)},
    "webrtc_many": {
        "webrtc_many.webm": Expected(
            seconds=24 * PIECE, flashes=EVERY_PIECE, beeps=EVERY_PIECE, tolerance=0.02
        ),
        "webrtc_control.webm": Expected(
            seconds=24 * PIECE, flashes=EVERY_PIECE, beeps=EVERY_PIECE, tolerance=0.02
        ),
        "webrtc_turned.webm": Expected(
            size=(640, 360), seconds=10, flashes=(1.0, 6.0), beeps=(1.0, 6.0), moment=7.5, boxed=True
        ),
    },
    # Time
    "vfr": {"vfr_screen.mp4": PLAIN, "vfr_screen.mkv": PLAIN},
    "vfr_static": {"vfr_slides.mp4": PLAIN.but(rate=None)},
    "ts_offset": {"ts_start10000.ts": PLAIN, "mkv_start7.mkv": PLAIN},
    "pcr_wrap": {"pcr_wrap.ts": PLAIN},
    "ts_discont": {"ts_discont.ts": PLAIN.but(flashes=JOINED, beeps=JOINED)},
    "trimmed": {"trimmed_editlist.mp4": PLAIN.but(seconds=10.3, flashes=(4.3, 9.3), beeps=(4.3, 9.3))},
    "adelay": {
        "audio_late08.mp4": PLAIN.but(seconds=12.8, beeps=(1.8, 6.8, 11.8)),
        "video_late15.mp4": PLAIN.but(seconds=13.5, flashes=(2.5, 7.5, 12.5)),
        "video_late15.mkv": PLAIN.but(seconds=13.5, flashes=(2.5, 7.5, 12.5)),
    },
    "lengths": {
        "audio_longer.mp4": PLAIN.but(flashes=(1.0,)),
        "video_longer.mp4": PLAIN.but(beeps=(1.0,)),
    },
    "short": {
        "one_frame.mp4": Expected(seconds=None, rate=None, flashes=(), **SILENT),  # type: ignore[arg-type]
        "s02.mp4": Expected(seconds=0.2, flashes=(), beeps=()),
        "one_frame.webm": Expected(seconds=None, rate=None, flashes=(), **SILENT),  # type: ignore[arg-type]
    },
    "slow": {
        "fps1.mp4": PLAIN.but(rate=10),
        "fps02.mp4": Expected(rate=10, seconds=60, flashes=(), beeps=MINUTE),
    },
    "fast": {
        "fps120.mp4": SIX.but(rate=60),
        "fps240.mov": FOUR.but(size=(320, 180), rate=60),
        "fps480.mp4": Expected(fails=(TOO_LARGE,)),
    },
    "rates": {
        "fps23976.mp4": PLAIN.but(rate=24000 / 1001),
        "fps15.mp4": PLAIN.but(rate=15),
        "fps5994.mp4": PLAIN.but(rate=60000 / 1001),
        "fps375.mp4": PLAIN.but(rate=37.5),
    },
    "frag": {"frag_obs.mp4": PLAIN},
    "recorder": {"recorder.webm": PLAIN},
    "mkv_nodur": {"mkv_nodur.mkv": PLAIN},
    "trunc": {
        "trunc55.mkv": Expected(fails=(UNREADABLE,)),
        "trunc95_faststart.mp4": PLAIN.but(seconds=None),
        "trunc_nomoov.mp4": Expected(fails=(UNREADABLE,)),
    },
    "copy_open_gop": {
        "copy_opengop.mp4": PLAIN,
        "copy_opengop_moving.mp4": PLAIN.but(size=(1280, 720), rate=25, flashes=None),
    },
    "copy_obs": {"copy_obs720p60.mp4": PLAIN.but(size=(1280, 720), rate=60, label="720p")},
    "copy_reschange": {
        "copy_reschange.mp4": PLAIN.but(flashes=JOINED, beeps=JOINED),
        # mkvmerge keeps the parameter sets of the first part only: nobody can decode the second.
        "copy_reschange.mkv": PLAIN.but(flashes=None, beeps=JOINED),
    },
    # Sound
    "multiaudio": {"multiaudio.mkv": PLAIN.but(sounds=3, languages=("en", "fr", "ja"))},
    "surround": _each("surround51_ac3.mkv dts51.mkv eac3_51.mp4 flac71.mkv opus51.mkv truehd51.mkv", PLAIN),
    "rates_audio": {
        **_each("mulaw8k.mov pcm96k24.mov aac44mono.mp4 alac.mov pcm_be.mov wavpack.mkv", PLAIN),
        # Two pictures were repeated at its beginning when it was made.
        "amr.3gp": PLAIN.but(
            size=None, rate=15, seconds=12.1, flashes=tuple(clap + 2 / 15 for clap in CLAPS)
        ),
    },
    "silent": {
        "no_audio.mp4": PLAIN.but(**SILENT),
        "silent_track.mp4": PLAIN.but(beeps=()),
    },
    "unknown_audio": {
        "iphone16_apac.mov": PLAIN,
        "only_unknown_audio.mov": PLAIN.but(**SILENT),
    },
    "bad_first_audio": {"two_same_lang.mkv": PLAIN.but(sounds=2)},
    "audio_only": {
        **_each(
            "cover.mp3 cover.flac cover.m4a audio.opus audio.ogg audio.wav audio.aac audio.ac3 audio.aiff audio.webm"
            " audio_in.mp4 audio_rf64.wav audio.mp2 audio.amr",
            SOUND_ONLY,
        ),
        "audio.wma": SOUND_ONLY.but(beeps=WMA_CLAPS),
    },
    # Containers and codecs
    "old": {
        **_each(
            "divx.avi div3.avi flv1.flv h264.flv theora.ogv mpeg1.mpg mjpeg.avi svq1.mov",
            PLAIN,
        ),
        # Its first picture stands for the four that libxvid held back.
        "xvid_bframes.avi": PLAIN.but(flashes=tuple(clap + 4 / 30 for clap in CLAPS)),
        "wmv2.wmv": PLAIN.but(beeps=WMA_CLAPS),
        "cinepak.avi": TWO.but(size=None),
    },
    "pro": {
        "dnxhr.mov": SIX.but(size=(1280, 720)),
        "prores_tmcd.mov": SIX,
        "mxf.mxf": SIX.but(size=(1280, 720)),
        "dv.dv": SIX.but(size=None, rate=50, flashes=(1.08,)),
        "cineform.mov": FOUR,
        "ffv1.mkv": THREE,
        "raw_uyvy.mov": TWO,
        "v210.mov": TWO,
        "j2k.mov": TWO.but(may_fail=True),
        "hap.mov": TWO.but(may_fail=True),
    },
    "new": {
        "av1_10bit.mp4": SIX,
        "hevc8.mp4": PLAIN,
        "hevc422_12.mp4": FOUR,
        "vp8.webm": PLAIN,
        "vvc.mp4": TWO,
    },
    "other": {
        "real.rm": FOUR.but(may_fail=True),
        "raw.h264": FOUR.but(may_fail=True, **SILENT),
        "y4m.y4m": Expected(seconds=1, flashes=(), may_fail=True, **SILENT),  # type: ignore[arg-type]
        "nut.nut": FOUR,
        "anim.gif": Expected(size=(320, 240), rate=10, seconds=3, flashes=None, **SILENT),  # type: ignore[arg-type]
        "anim.webp": Expected(fails=(UNSUPPORTED,)),
        "anim.png": Expected(fails=(UNSUPPORTED,)),
        "swf.swf": Expected(fails=(UNSUPPORTED,)),
        "ism.ismv": FOUR,
        "m2v.m2v": FOUR.but(**SILENT),
        "hls_joined.mp4": FOUR.but(seconds=None),
        "stray_segment.m4s": Expected(fails=(UNSUPPORTED, UNREADABLE)),
    },
    "vtracks": {"two_video.mov": PLAIN, "two_video_nodefault.mkv": PLAIN},
    "cover_video": {"cover_first.mp4": PLAIN},
    "timecode": {"tmcd.mp4": PLAIN, "gps_tmcd.mov": PLAIN},
    "gpmd": {"gopro_gpmd.mp4": PLAIN},
    "encryption": {"cenc.mp4": Expected(fails=(UNSUPPORTED, UNREADABLE, "encrypted_media"))},
    # Subtitles, chapters, names
    "subs": {
        "subs_movtext.mp4": PLAIN.but(captions=TRACKS, first_cue=1.0),
        "subs.mkv": PLAIN.but(captions=TRACKS, first_cue=1.0),
        "subs_nolang.mkv": PLAIN.but(captions=(("und", "subtitles"), ("und", "subtitles")), first_cue=1.0),
        "subs_start7.mkv": PLAIN.but(captions=(("en", "subtitles"),), first_cue=1.0),
    },
    "chapters": {
        "chapters.mp4": PLAIN.but(chapters=CHAPTERS),
        "chapters.mkv": PLAIN.but(chapters=CHAPTERS),
        "chapters_start7.mkv": PLAIN.but(chapters=CHAPTERS),
    },
    "names": {
        "Ünïcødé 🎬 видео 動画 .mp4": THREE,
        "x" * 240 + ".mp4": THREE,
        "no extension": THREE,
        "UPPER.MP4": THREE,
        "wrong.avi": THREE,
        " \"quote' & <b>.mp4": THREE,
    },
}

# A cross-section for every run of the suite; `script/test-media` runs all of them.
SAMPLE = ("hdr10.mp4", "webrtc_turned.webm", "trimmed_editlist.mp4", "only_unknown_audio.mov")
