"""The decoders that uploaded files may use."""

# Decoders for what cameras, phones, editors and screen recorders write. Everything else stays unreachable.
VIDEO_DECODERS = (
    "h264,hevc,av1,libdav1d,libaom-av1,vp8,vp9,vvc,mpeg4,mpeg1video,mpeg2video,mjpeg,"
    "theora,prores,dnxhd,cfhd,h263,flv,vp6,vp6f,vp6a,wmv1,wmv2,wmv3,vc1,msmpeg4,"
    "msmpeg4v1,msmpeg4v2,dvvideo,rawvideo,v210,ffv1,huffyuv,ffvhuff,utvideo,qtrle,png,"
    "svq1,svq3,cinepak,gif"
)
AUDIO_DECODERS = (
    "aac,aac_latm,mp3,mp3float,mp2,mp2float,mp1,mp1float,ac3,eac3,dca,truehd,opus,"
    "libopus,vorbis,libvorbis,flac,alac,wavpack,wmav1,wmav2,wmapro,wmalossless,amrnb,amrwb,"
    "libopencore_amrnb,libopencore_amrwb,speex,nellymoser,pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,"
    "pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_alaw,"
    "pcm_mulaw,pcm_bluray,pcm_dvd,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_swf,adpcm_yamaha"
)
DECODER_WHITELIST = f"{VIDEO_DECODERS},{AUDIO_DECODERS}"
